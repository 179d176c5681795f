/**
 * The command that shows and changes the queue.
 *
 * <h2>Name</h2>
 *
 * smapq - shows and changes the queue of smapd
 *
 * <h2>Synopsis</h2>
 *
 * <pre>
 * smapq [-t FILE] COMMAND …
 *
 * list [WHICH] [--json]
 * show ID [--header] [--body] [--json]
 * stats [WHICH] [--by domain|sender|hub|state] [--json]
 * hold WHICH                        release WHICH
 * retry WHICH                       requeue WHICH
 * bounce WHICH [--yes]              remove WHICH [--yes]
 * export ID [-o FILE]
 * completion
 *
 * WHICH = ID… | all | - | FILTER…
 * FILTER = --state STATE[,STATE…] | --sender ADDRESS
 *        | --recipient ADDRESS | --domain DOMAIN
 *        | --age AGE[-AGE] | --hub HOST | --reason TEXT
 * </pre>
 *
 * <p>{@code -t}, {@code --table FILE} names the table, {@code /etc/sallyport/netperm-table} if
 * absent; {@code --help} stands with every command. Commands that do something take {@code -v} and
 * {@code --json}, too.
 *
 * <h2>Summary</h2>
 *
 * Having read the table, smapq becomes smapd's account. While smapd runs, it does all through
 * smapd, on the socket {@code queue/.control} ({@link sallyport.smapd.control}); while smapd does
 * not run, it takes {@code queue/.lock} and does the same on the files ({@link
 * sallyport.smapd.OfflineQueue}). smapd that is started meanwhile waits up to a minute for the
 * lock. What is done is on disk when it is said.
 *
 * <p><b>States.</b> In the queue: {@code ready} waits for a worker, {@code active} is in the hands
 * of one, {@code deferred} was tried and waits for its time, {@code hub-down} waits for a hub that
 * takes no connection. In the set-aside folder, where nothing is done by itself: {@code held} by an
 * administrator, {@code set-aside} for another reason, {@code damaged}: no message that can be
 * read, or no file of ours.
 *
 * <p><b>Which.</b> {@code -} reads ids from standard input, the first word of each line, as {@code
 * smapq list} writes it. A filter means the messages that fulfil all of it at the moment when its
 * turn comes. In an address {@code *} and {@code ?} stand for any characters and any one, {@code
 * <>} for the null sender, upper and lower case are the same. {@code --domain}, {@code --recipient}
 * and {@code --hub} must hold for one recipient who has not got the message yet. {@code --age 4h}:
 * four hours old at least; {@code 0-4h} at most. With a filter, what is in no state for the command
 * is passed over.
 *
 * <p>{@code hold} takes messages out of the queue, for the recipients they have left; {@code
 * release} puts them back, as if never tried, and {@code requeue} also what was set aside for
 * another reason: that is judged again by the table. {@code retry} makes messages due, and has
 * their hubs probed. {@code bounce} sends the report of a failure to the sender, as smapd does, and
 * ends the message; {@code remove} ends it and tells nobody. These two ask on a terminal, and
 * elsewhere need {@code --yes}. A message in the hands of a worker is left alone: {@code being
 * delivered now}.
 *
 * <p>{@code export} writes the octets of a message as they came from the client, without anything
 * of the spool's; to a file that it makes, or to standard output, where an exit code other than 0
 * says that they are not whole.
 *
 * <p>{@code stats} has a row a domain, and columns of age in minutes, each twice as wide as the one
 * before.
 *
 * <h2>Output</h2>
 *
 * Answers on standard output; notes, and answers that are a no, on standard error. On a terminal
 * {@code list} and {@code stats} have heads and columns; to a pipe no heads and a tab between the
 * columns: id, state, arrival, octets, sender, recipients with commas between, reason; {@code -}
 * stands for nothing. Text of strangers is shown in one line, without what could steer a terminal.
 * What is done by ids is said for each message, by a filter as a count. With {@code --json}, one
 * object a line, times in UTC:
 *
 * <pre>
 * list:    {"id": ID, "state": STATE, "arrived": TIME, "size": N,
 *           "tries": N, "next": TIME|null, "sender": ADDRESS,
 *           "recipients": [{"address": ADDRESS, "hub": HUB|null}…],
 *           "reason": TEXT}
 * show:    the same with "facts": {NAME: TEXT…}, "history": [TEXT…],
 *          and "header" if asked for, an octet a character
 * stats:   {"domain": NAME, "total": N, "ages": {"5": N…}}, the first
 *          with the name TOTAL
 * others:  {"id": ID, "action": WORD, "detail": TEXT,
 *           "result": "done"|"unknown"|"busy"|"unfit"|"failed"}
 * </pre>
 *
 * <h2>Diagnostics</h2>
 *
 * Exit codes, and one line on standard error for each but 0:
 *
 * <table>
 *   <caption>Exit codes</caption>
 *   <tr><td>0</td><td>done</td></tr>
 *   <tr><td>1</td><td>a message is not there, is being delivered now, or is in no state for that;
 *       the question was declined</td></tr>
 *   <tr><td>64</td><td>wrong arguments</td></tr>
 *   <tr><td>66</td><td>no table</td></tr>
 *   <tr><td>69</td><td>smapd is starting or stopping, or does not answer; another smapq is at
 *       work</td></tr>
 *   <tr><td>70</td><td>a fault in the program</td></tr>
 *   <tr><td>73</td><td>the file to export to cannot be made</td></tr>
 *   <tr><td>74</td><td>a disk or a file failed</td></tr>
 *   <tr><td>77</td><td>not smapd's account, or a spool that it cannot use</td></tr>
 *   <tr><td>78</td><td>errors in smapd's lines of the table, or a spool that a newer version has used</td></tr>
 * </table>
 *
 * <p>smapd logs {@code by-hand} for each message that something was done with: what, and who asked.
 * That is the account that started smapq, and the user that sudo names, as smapq says; smapd cannot
 * check it. While smapd does not run, smapq writes the same lines to standard error.
 *
 * <h2>Limits</h2>
 *
 * 1,000,000 ids from standard input; 200,000 files in the set-aside folder are looked at, 100,000
 * in {@code new/} counted; 100,000 rows in {@code stats}, the rest as {@code (others)}. smapq waits
 * 10 seconds for a smapd that starts or stops.
 *
 * <h2>Security</h2>
 *
 * smapq needs root or smapd's account, and refuses others. Having become the account it has no
 * other right: {@code export -o} reaches what that account may reach, for the rest there is
 * redirection.
 */
@NullMarked
package sallyport.smapd.cli;

import org.jspecify.annotations.NullMarked;
