/**
 * <h2>NAME</h2>
 *
 * smapd - takes messages from the spool and hands them to mail servers
 *
 * <h2>SUMMARY</h2>
 *
 * smapd runs in the foreground, with its log on standard error. It listens on no network, ever,
 * connects only to the hubs of the table, and starts no program but the table's {@code sendmail}.
 * Its one socket, {@code queue/.control}, is for the administrator: {@code smapq}.
 *
 * <h2>WHAT IT PROMISES</h2>
 *
 * <ul>
 *   <li>A message is handed on octet for octet as smap laid it down: a header is read only to be
 *       judged. With {@code shorten-sender}, and only in mail that goes out, the {@code host.} of a
 *       sender's address is left out; no other octet changes, and reports go to the full address.
 *   <li>A message leaves the queue when each recipient was taken by a hub or stands in a report
 *       that is on disk, or when it lies in the set-aside folder, forced to disk. What a hub
 *       answered is recorded, and forced; until then the delivery counts against {@code
 *       maxchildren}, so a crash repeats no more deliveries than there are workers.
 *   <li>Who was served is not served again; a retry names only the others.
 *   <li>A hub's temporary refusal, a lost connection, a hub that is down, a name server that does
 *       not answer: the message waits, until it is older than {@code max-age}. Then, and after a
 *       permanent refusal (5xx), its sender is told; see REPORTS.
 *   <li>If the final reply is not seen, nobody knows whether the hub has the message; it is sent
 *       again. This is the only way in which a message may arrive twice without a crash.
 *   <li>A hub that is slow or dead takes at most its share of the workers; mail for others goes on,
 *       and smap does not notice.
 * </ul>
 *
 * <h2>CONFIGURATION</h2>
 *
 * Every keyword with its default stands in {@code docs/netperm-table.md}.
 *
 * <p><b>Which hub.</b> For each recipient: the most specific {@code route} for its domain; else
 * {@code relay} if the domain is in {@code local-domains}, or for a bare {@code postmaster}; else
 * {@code relay-out}; else {@code sendmail}. A message for both sides is handed on as two. Of
 * several hubs on one line a later one is used while those before it take no connection.
 *
 * <p><b>TLS.</b> As the hub's line has it ({@code tls=}, by default {@code may}), by STARTTLS (RFC
 * 3207) or from the first octet. EHLO is said again within TLS, and nothing counts that was said
 * before. Octets behind the answer to STARTTLS are nobody's words: the connection is dropped, the
 * mail waits, and {@code hub-suspect} says so. Where TLS is a must and cannot be had, or the hub
 * does not prove its name with {@code verify}, the hub counts as one that takes no connection.
 * After a handshake that failed under {@code may} a new connection is made without. What was agreed
 * on stands in {@code delivered}; only after {@code verify} does it say {@code verified=yes}.
 *
 * <p><b>What {@code sendmail} is given.</b> {@code PATH -i -f SENDER -- RECIPIENT...}, without a
 * shell, the null sender as {@code <>}, and the message with LF line ends on standard input; no
 * environment but PATH, {@code LANG=C} and TZ; the folder {@code /}. Exit code 0 is a delivery to
 * all recipients; 65, 67 and 68 (EX_DATAERR, EX_NOUSER, EX_NOHOST) are a failure; after any other
 * the message waits, since the fault lies with this host. What the program says on its outputs is
 * its reply.
 *
 * <p><b>What is refused.</b> Each fault that the checks find has a name and something that is done
 * about it, unless a {@code header-check} says otherwise ({@code docs/netperm-table.md}). Set aside
 * by default: a header longer than 260 KiB or with a line longer than 64 KiB; zero octets and line
 * ends other than CR LF, anywhere in the message; more than {@code maxhops} Received fields besides
 * the gateway's own; an address in Bcc, Cc, Errors-To, From, Reply-To, Return-Path,
 * Return-Receipt-To or To, or in the envelope, whose user part names a program ({@code |}) or a
 * file ({@code /}, but not X.400); an address in the envelope that begins with {@code -} or is not
 * one path. From, Date, Message-ID and address fields that are missing, repeated or cannot be read
 * pass by default. {@code header-match} adds fields by pattern. What the table wants is done to the
 * whole message, or, for a fault of one recipient, for him alone. A bounce for such a reason is
 * sent to clients in {@code local-nets} only. Messages of smapd's own are not judged.
 *
 * <p><b>When.</b> At once when a batch arrives (unless {@code wakeup-on-arrival no}), and each
 * {@code wakeup}. A recipient that was deferred is tried again after {@code retry} seconds, then
 * after twice as long, up to the longest wait, plus up to a tenth. What was never tried and what is
 * due again take turns at a hub, the oldest first in each; the hubs take turns, too. A hub begins
 * with one delivery at a time and gets one more for each that it takes, up to {@code maxchildren}
 * or its share of that. A hub that takes no connection while nothing else goes on there is down:
 * its mail waits, without connections and lines in the log, but for one probe at the end of each
 * wait, and then it begins with one again. One that refuses a connection while it serves others is
 * full, and gets no more at a time for the shortest wait. A temporary refusal concerns its message
 * alone.
 *
 * <p><b>How long.</b> A message expires, or is warned of, right after an attempt that failed in
 * this run: its own, or the probe of the hub that it waits for. So neither a long stop of smapd nor
 * a restart returns mail that was not tried. When the clock is set by more than an hour against a
 * steady one, or stands before the time of mail that is there at the start, nothing expires and
 * nobody is warned for an hour ({@code clock-step}).
 *
 * <h2>REPORTS</h2>
 *
 * Recipients whom a hub refuses for good, whom nothing carries mail to, or who were not reached
 * within {@code max-age}, are reported to the sender: one report for all of a message once nothing
 * of it can be done now, later ones for recipients that fail later. Once, after {@code warn-after},
 * a sender is warned that mail still waits, but not of mail from lists and programs (List-Id,
 * Precedence, Auto-Submitted). Reports are written by {@link sallyport.smapd.DeliveryReport} after
 * RFC 3464, with codes of RFC 3463 by {@link sallyport.smapd.EnhancedStatus}; they have the null
 * sender and {@code Auto-Submitted: auto-replied}, an id made of that of the message, so that none
 * is written twice, and go the way of their recipient's domain.
 *
 * <p>No report answers a null sender, {@code MAILER-DAEMON}, or a delivery report. That goes to
 * {@code postmaster}, and so does a report that its recipient's hub refuses. What the postmaster
 * cannot be told is set aside. Of mail that was set aside {@code badadmin} is told, by a notice
 * that names up to 50 messages: a minute after the first, of more at most once an hour, and when
 * smapd stops. After a crash the log alone has what was not told.
 *
 * <p>A report is 7-bit, so that any mail server takes it. A message goes back whole if it is 7-bit
 * and has at most 50,000 octets, else by its header, up to 20,000 octets of that. A hub's words
 * stand in it as one line of at most 400 printable characters.
 *
 * <h2>LIMITS</h2>
 *
 * <table>
 *   <caption>Bounds</caption>
 *   <tr><td>messages held in memory, envelopes only</td><td>{@code max-queue}; what is more stays
 *       in {@code new/}, so that many messages for a dead hub can hold up others beyond that
 *       number</td></tr>
 *   <tr><td>memory of one that waits</td><td>about 600 octets, recipients and sender
 *       included; the launcher gives a gibibyte in all, so that a million may wait</td></tr>
 *   <tr><td>work for one that waits</td><td>none; after a failed probe the age of all that wait for
 *       that hub is looked at</td></tr>
 *   <tr><td>header in memory</td><td>one a worker, 260 KiB</td></tr>
 *   <tr><td>body in memory</td><td>never; it is streamed</td></tr>
 *   <tr><td>connections to one hub</td><td>at most the deliveries to it at one time; with several
 *       hubs one has at most {@code maxchildren} - 1 of them, with many half</td></tr>
 *   <tr><td>messages begun at a hub before it has answered for the one before</td><td>one a
 *       connection, its envelope only, of at most 4,096 octets; none at a hub that took longer than
 *       20 ms for the last</td></tr>
 *   <tr><td>a kept connection</td><td>30 s without work, 1000 messages, 300 s in
 *       all</td></tr>
 *   <tr><td>hubs of one line</td><td>8; one that took no connection is asked last for 60 s</td></tr>
 *   <tr><td>addresses of a hub tried in one attempt</td><td>4</td></tr>
 *   <tr><td>connecting; a TLS handshake</td><td>30 s each; of the handshake, 128 KiB</td></tr>
 *   <tr><td>greeting; each command with its whole reply</td><td>300 s</td></tr>
 *   <tr><td>sending a message</td><td>300 s, and 1 s for each 4,000 octets</td></tr>
 *   <tr><td>reply to the final dot</td><td>600 s</td></tr>
 *   <tr><td>{@code sendmail} with one message</td><td>900 s, and 1 s for each 4,000 octets; then it
 *       and its children are killed</td></tr>
 *   <tr><td>what {@code sendmail} says</td><td>1,000,000 octets; 400 characters are kept</td></tr>
 *   <tr><td>a hub's reply</td><td>100 lines of 1,000 octets; 400 characters are kept</td></tr>
 * </table>
 *
 * <p>There is no DSN and no LMTP in this version.
 *
 * <h2>DIAGNOSTICS</h2>
 *
 * Events in {@code docs/log.md}: {@code taken}, {@code delivered}, {@code deferred}, {@code
 * failed}, {@code reported}, {@code set-aside}, {@code discarded}, {@code by-hand}, {@code
 * hub-down}, {@code hub-up}, {@code hub-without-tls}, {@code trouble}; with {@code securityalert}:
 * {@code damaged}, {@code strange-file}, {@code clock-step}, {@code hub-suspect}, {@code loop} (the
 * hub greets with our own {@code hostname}; its mail waits). {@code hub-down} and {@code hub-up}
 * are said once each.
 *
 * <p>Exit codes: 0 after SIGTERM, 69 if another smapd runs on this spool, or smapq has had the
 * queue for a minute, 70 for an accident, 74 if the queue cannot be read, 77 if the spool's owners
 * or modes are not as they must be, 78 for errors in the table and for a spool that a newer version
 * has used.
 *
 * <h2>SECURITY</h2>
 *
 * Nothing in {@code new/} is trusted: names, envelopes and headers are judged again, an address
 * cannot become anything but one SMTP path, and what was judged is what is sent. A message whose
 * octets changed since is dropped before the final dot. A hub cannot hang or fill smapd, and its
 * words reach the log only as escaped text.
 *
 * <p>Without {@code tls=verify} whoever sits between smapd and a hub can read and change the mail,
 * TLS or not. A client key is in smapd's memory for as long as it runs.
 *
 * <p>A captured smapd can read, change and delete what lies in the queue and the set-aside folder,
 * delete what lies in {@code new/}, and connect wherever the firewall lets its account: allow it
 * the hubs only.
 *
 * <p>With {@code sendmail} in the table smapd runs under its account, but without chroot and
 * without the kernel's filters, since such programs must be found, may be set-gid (Postfix), and
 * connect where they like; it says {@code unconfined} as its first line. A captured smapd can then
 * also run every program of the host and read every file that its account may, and what it starts
 * outlives it. Prefer {@code relay 127.0.0.1} where the program's mail system listens there.
 *
 * <h2>For maintainers</h2>
 *
 * {@link sallyport.smapd.SmapdConfig} is the table, read; {@link sallyport.smapd.Main} is also a
 * class for jsvc; {@link sallyport.smapd.cli} is smapq.
 *
 * <p>A reader's path: {@code Main} → {@code SmapdService} → {@code Deliveries} (threads) → {@code
 * Dispatch}, {@code Lane} (who does what next) → {@code Attempt} (one message at one hub) → {@code
 * HeaderCheck}, {@code Hub} → {@code HubTransport} (Angus) → {@code MessageDialogue} → {@code
 * BoundedSocket}; or {@code Sendmail}. Then {@code Settlement} → {@code Returns} → {@code
 * DeliveryReport}.
 */
@NullMarked
package sallyport.smapd;

import org.jspecify.annotations.NullMarked;
