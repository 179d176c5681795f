/**
 * The SMTP collector.
 *
 * <h2>Name</h2>
 *
 * smap - takes in mail by SMTP and lays it down in the spool
 *
 * <h2>Summary</h2>
 *
 * smap listens, speaks SMTP with whoever the table permits, and writes each message into the spool
 * folder, from where smapd takes it. It opens no connection, starts no program, and reads nothing
 * of a message but what it must: where the header ends, how often it was relayed, where the body
 * ends.
 *
 * <h2>What it promises</h2>
 *
 * <ul>
 *   <li>{@code 250} with a queue id after the final dot means that the message is on disk under its
 *       final name, file and folder forced. Before that nothing is ours; a message that was not
 *       acknowledged may still be there only if the connection broke between disk and reply.
 *   <li>What stands in a body never runs as a command: a body is read to its true end before it is
 *       answered, whatever the answer.
 *   <li>A full disk, too many sessions and a daemon that stops get a temporary error (4xx).
 *   <li>A hub or a smapd that is down makes no difference here.
 *   <li>What a client said in the clear counts for nothing under TLS; what it sent ahead of the
 *       handshake ends the session.
 * </ul>
 *
 * <h2>Standards</h2>
 *
 * RFC 5321 (SMTP), 2920 (PIPELINING), 1870 (SIZE), 6152 (8BITMIME), 2034 and 3463 (enhanced status
 * codes), 3848 (ESMTP and ESMTPS in {@code Received:}), 3207 (STARTTLS), 8314 (TLS at once, port
 * 465). Not spoken: AUTH, CHUNKING, SMTPUTF8, DSN.
 *
 * <h2>Configuration</h2>
 *
 * See {@code docs/netperm-table.md}. Whether a destination is carried at all is read from smapd's
 * lines: what nobody carries is refused at RCPT.
 *
 * <h2>Limits</h2>
 *
 * <table>
 *   <caption>Bounds, and the keyword that sets them</caption>
 *   <tr><td>sessions</td><td>1000, {@code max-sessions}; 100 of one host, {@code
 *       max-sessions-per-host}; when full the oldest without an accepted recipient makes room</td></tr>
 *   <tr><td>one command</td><td>300 s, {@code timeout}; 10 s while four fifths of the places are
 *       taken; 2,048 octets</td></tr>
 *   <tr><td>one handshake</td><td>30 s, or {@code timeout} if that is less; 128 KiB; further bounds
 *       in {@link sallyport.daemon.tls}</td></tr>
 *   <tr><td>one session</td><td>3600 s, {@code session-time}, looked at between messages; 20 errors,
 *       {@code hard-errors}; 100 commands without mail, {@code junk-commands}</td></tr>
 *   <tr><td>one body</td><td>25 MiB, {@code maxbytes}; 1800 s, {@code data-time}; 500 octets/s on
 *       average after 30 s, {@code min-rate}</td></tr>
 *   <tr><td>one message</td><td>100 recipients, {@code maxrecip}; 50 hops, {@code maxhops}; header
 *       256 KiB, a line of it 64 KiB; lines of the body as long as the body</td></tr>
 *   <tr><td>one write</td><td>60 s ({@link sallyport.smap.SmapService#WRITE_TIME})</td></tr>
 *   <tr><td>memory for bodies</td><td>256 KiB each, 64 MiB in all, then files ({@link
 *       sallyport.spool.Collector.Limits})</td></tr>
 *   <tr><td>file of recipients</td><td>16 MiB ({@link sallyport.smap.RecipientList#MAX_OCTETS})</td></tr>
 * </table>
 *
 * <h2>Diagnostics</h2>
 *
 * One log line an event, {@code docs/log.md}: {@code connect}, {@code accepted} or {@code rejected}
 * or {@code not-accepted}, {@code disconnect}; {@code refused}, {@code evicted}, {@code timeout},
 * {@code bad-command}, {@code not-smtp}, {@code spoke-first}; {@code tls}, {@code tls-failed},
 * {@code certificate}.
 *
 * <h2>Security</h2>
 *
 * smap runs chrooted into the spool under an account of its own. A captured smap reads, changes and
 * deletes what lies in {@code tmp/} and {@code new/}, forges messages there, fills the disk,
 * answers strangers as it likes, reads the keys of its certificates, and takes up the port. If no
 * rule has a name in it the kernel refuses it every socket; otherwise it can send datagrams, and
 * may connect anew a socket that it had accepted.
 *
 * <h2>For maintainers</h2>
 *
 * {@link sallyport.smap.SmapConfig} and {@link sallyport.daemon.DaemonConfig} are the table, read;
 * {@link sallyport.smap.Carriage} is what smapd's lines carry.
 *
 * <p>{@link sallyport.smap.Main} hands the program to the daemon module, {@link
 * sallyport.smap.SmapService} binds, opens the spool and serves. A connection that passes the door
 * becomes a {@link sallyport.smap.Conversation}: it hands each line to the protocol core ({@link
 * sallyport.smap.smtp}) and does what the core answers; a {@link sallyport.smap.Body} takes the
 * octets of a message into the spool. SubEtha SMTP accepts and gives each connection its thread
 * ({@link sallyport.smap.Engine}); it sees none of the client's octets.
 */
@NullMarked
package sallyport.smap;

import org.jspecify.annotations.NullMarked;
