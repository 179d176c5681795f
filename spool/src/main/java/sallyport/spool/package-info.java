/**
 * NAME
 *
 * <p>spool: the files that smap writes and smapd reads.
 *
 * <p>SUMMARY
 *
 * <p>{@link Collector} is smap's side: messages that finish at one moment are committed together.
 * {@link Queue} is smapd's side: it takes batches over, remembers what became of each recipient,
 * queues what smapd itself has to say, and sets aside what it cannot use or what is held. All file
 * operations pass {@link SpoolFiles}.
 *
 * <p>PROMISE
 *
 * <p>A message is accepted at the instant when the force of {@code new/} returns, after its file
 * was forced and had got its final name there. {@code 250} goes out after that, and from then on
 * nothing is lost. A recipient whose outcome was recorded is never tried again. A message may
 * arrive twice only where nobody can know: a delivery that was not recorded yet at a crash. smapd
 * has no more of these at one time than workers.
 *
 * <p>Assumed of the file system: a rename is one step, also across a crash, and what was forced
 * stays (ext4, xfs, btrfs). All folders lie on one.
 *
 * <p>FILES
 *
 * <pre>
 * tmp/stream-N         a long message while it arrives
 * tmp/ID.batch         a batch while it is written
 * tmp/.lock            locked while smap runs
 * new/ID.batch         committed; ID is that of the first message
 * queue/ID.batch       taken over; keeps its name for life
 * queue/ID.msg         one message: that left its batch, was taken back, or is smapd's own
 * queue/NAME.log       what became of the messages in queue/NAME; not for every NAME
 * queue/ID.msg.part    a copy while it is written
 * queue/.lock          locked while smapd runs
 * queue/.version       the version of the form that these files have
 * bad/ID.msg           a message that was set aside, in the batch format
 * bad/ID.reason        why
 * bad/ID.msg.part      a copy while it is written
 * bad/ID.batch         a file that is damaged or not ours; what was whole in it is delivered
 * bad/ID.msg.damaged   the same of one message
 * bad/NAME.reason      what is wrong with either
 * </pre>
 *
 * <p>A batch is text up to each body:
 *
 * <pre>
 * Sallyport-Spool 1 5f0c66a1d2e94b7a     version, and a mark: 64 random bits that no stranger learns
 * MESSAGE 5f0c66a1d2e94b7a
 * ID 9d41f0c1b2a37e55-1f
 * FROM &lt;john@example.org&gt;                &lt;&gt; is the null sender
 * RCPT &lt;mary@example.com&gt;                one line a recipient
 * DONE &lt;joan@example.com&gt;                in ID.msg: one that was final already, in its place
 * CLIENT 192.0.2.7
 * NAME mail.example.org
 * HELO mail.example.org
 * TLS
 * USER
 * TIME 2026-11-22T05:00:00Z
 * BODY 8BITMIME                          or 7BIT
 * SIZE 4711
 *                                        an empty line, then SIZE octets and a line end
 * CRC 1c291ca3                           CRC-32C of the body, then of MESSAGE up to the empty line
 * END 5f0c66a1d2e94b7a 1                 the count, once for the file
 * </pre>
 *
 * <p>The checksum takes the body first, because the envelope of a streamed message is written last:
 * its body begins at a fixed place, and line ends before {@code MESSAGE} fill the room. A log line
 * is a CRC-32C of its rest, a verb ({@code begin}, {@code delivered}, {@code failed}, {@code
 * tried}, {@code deferred}, {@code warned}, {@code moved}, {@code removed}, {@code damaged}) and
 * its values, odd octets as {@code %XX}.
 *
 * <p>The id of what smapd writes itself is that of the message it is about, with an ending: {@link
 * QueueId}. So a report that was queued before a crash is not queued again after it, and only
 * {@code queue/ID.msg} may have such an id: in a batch, which smap could have written, it is
 * damage.
 *
 * <p>VERSIONS
 *
 * <p>A form that an older program could not read gets a number of its own, in {@code
 * queue/.version} and in the first line of each file. A program reads every version up to its own,
 * so an upgrade needs no empty queue; a spool without the mark is of version 1. It refuses a spool
 * that is marked by a later one, and leaves a single file of a later version where it is, with an
 * alert: to it that mail would look damaged.
 *
 * <p>STATES
 *
 * <table>
 * <caption>What is there, and what the next start does after a crash at this point</caption>
 * <tr><th>state</th><th>tmp/</th><th>new/</th><th>queue/</th><th>after a crash</th></tr>
 * <tr><td>arriving</td><td>stream-N, or nothing</td><td></td><td></td>
 *     <td>smap empties tmp/; the client was not answered and sends again</td></tr>
 * <tr><td>written, not forced</td><td>ID.batch</td><td></td><td></td><td>the same</td></tr>
 * <tr><td>forced</td><td>ID.batch</td><td></td><td></td><td>the same</td></tr>
 * <tr><td>renamed</td><td>(either)</td><td>(or)</td><td></td>
 *     <td>in tmp/: the same. In new/: delivered; the client was not answered, so it may send
 *     again</td></tr>
 * <tr><td><b>folder forced: accepted</b></td><td></td><td>ID.batch</td><td></td>
 *     <td>smapd takes it over</td></tr>
 * <tr><td>taken over</td><td></td><td>(either)</td><td>(or)</td>
 *     <td>nothing was handed on yet: in new/ it is taken over again, in queue/ read. A log without
 *     its batch is removed</td></tr>
 * <tr><td>begun: the first line of the log written, which takes room for the next ones; not
 *     forced, and not needed for one recipient alone in a file, nor where {@link Queue#ROOM} was
 *     free: then the log is made with the first record, or never</td>
 *     <td></td><td>(either)</td><td>(or), and log or nothing</td>
 *     <td>as taken over</td></tr>
 * <tr><td>handed on, not recorded</td><td></td><td>(either)</td><td>(or), and log or nothing</td>
 *     <td>pending: this delivery is repeated</td></tr>
 * <tr><td>recorded: log forced</td><td></td><td></td><td>ID.batch, log</td>
 *     <td>final, never again</td></tr>
 * <tr><td>copy begun</td><td></td><td></td><td>ID.batch, log, ID.msg.part</td>
 *     <td>the part is removed, the batch counts</td></tr>
 * <tr><td>copy named, its folder forced</td><td></td><td></td>
 *     <td>ID.batch, log, and ID.msg here or in bad/</td>
 *     <td>the copy wins: {@code moved} is recorded before anything is delivered</td></tr>
 * <tr><td>moved: log forced</td><td></td><td></td><td>the same</td>
 *     <td>the copy counts, the batch has one message less</td></tr>
 * <tr><td>all final, moved or removed</td><td></td><td></td><td>NAME, log</td>
 *     <td>the file is removed (a damaged one moved to bad/)</td></tr>
 * <tr><td>NAME unlinked, queue/ forced: this is the record of who was last</td><td></td><td></td>
 *     <td>log, or nothing</td><td>the log is removed</td></tr>
 * <tr><td>own message begun</td><td></td><td></td><td>ID.msg.part, log</td>
 *     <td>both are removed; what it tells of is not recorded, so it is written again</td></tr>
 * <tr><td>own message named, queue/ forced</td><td></td><td></td><td>ID.msg, log</td>
 *     <td>it is pending; written again for the same reason, it is found to be there</td></tr>
 * <tr><td>set aside</td><td></td><td></td><td>(or) and bad/: ID.msg, ID.reason</td>
 *     <td>it stays there</td></tr>
 * <tr><td>taking back: an old log removed, queue/ forced</td><td></td><td></td>
 *     <td>bad/: ID.msg, ID.reason</td><td>the same</td></tr>
 * <tr><td>taken back: renamed, queue/ and bad/ forced</td><td></td><td></td>
 *     <td>ID.msg; bad/: ID.reason</td><td>pending as one never tried; the reason is removed</td></tr>
 * </table>
 *
 * <p>What recovery sees may be known to the kernel only, if just the process died. So it forces the
 * whole file system, by one call, before it relies on anything. Doing it twice changes nothing. A
 * copy wins only if it is whole: a damaged file, or a foreign one, costs no message. A file whose
 * log cannot be read stays, since nobody knows who is final.
 *
 * <p>COST
 *
 * <p>A start reads the names in {@code queue/} twice and in {@code bad/} once, and looks at, opens
 * and reads each file and its log once: about 12 system calls a file, one force in all. A waiting
 * message takes about three hundred octets of heap for one recipient, and as much again as its
 * reason is long if no other has the same (at most 120 octets). {@link Queue#takeOver} reads each
 * name in {@code new/} about once, however many there are; of small files it keeps what it has read
 * until their messages are first tried, so that these need not be opened again. What all workers
 * record at one moment costs one force of each log and one of the folder, all at the same time; a
 * file whose messages are all delivered within some milliseconds is recorded by its removal. {@code
 * SpoolScale} and {@code DeliveryRate}, among the tests, measure it.
 *
 * <p>SECURITY
 *
 * <p>{@code new/} belongs to smap, which may be captured. Only names of the one legal form are
 * touched. A file is moved first and judged after, where smap cannot exchange it: no link, a
 * regular file, one name, the owner of {@code new/}. smap may still hold it open, so what is in it
 * is never believed twice: what is still in memory from then is sent as it was judged; of what is
 * read again the header that was judged is kept and sent, and the body is streamed against size and
 * checksum, and the last octets are held back until both are right. In a damaged file the next
 * message is looked for by the mark, so that no body can pass for one. A captured smap reads,
 * changes and deletes what lies in {@code tmp/} and {@code new/}.
 *
 * <p>LIMITS
 *
 * <p>{@link Collector.Limits} and {@link QueueLimits}; in an envelope {@link Envelope#MAX_ADDRESS},
 * {@link Envelope#MAX_TEXT}, {@link Envelope#MAX_RECIPIENTS}; 1000 messages in a file; 16,384
 * messages waiting for the committer, as many records for the log, of which three quarters of
 * {@code maxchildren} are awaited together, 5 ms at most; 64 logs open, 8 forced at one time; 4
 * copies written at one time; {@code Contents}: 64 KiB of a file that was just read, 4 MiB in all;
 * 1000 names remembered as alerted; 2000 reasons shared, each of at most 120 characters; {@link
 * SetAside#MAX_REASON}. A log grows by some lines for each attempt until its batch is done.
 *
 * <p>DIAGNOSTICS
 *
 * <p>{@link SpoolException}: what, where, what was expected. {@link CommitResult} for each message.
 * {@link QueueAlert} for what an administrator must see. A force that fails is never repeated,
 * since the kernel tells an error once: {@code fatal} of {@link Collector#open}, or {@link
 * QueueAlert.Kind#BROKEN}, asks for the end of the process, and the next start reads what is there.
 */
@NullMarked
package sallyport.spool;

import org.jspecify.annotations.NullMarked;
