/**
 * <h2>NAME</h2>
 *
 * smapd.control - what {@code smapq} and smapd say to each other
 *
 * <h2>SUMMARY</h2>
 *
 * {@link sallyport.smapd.control.Administration} is what an administrator can see and do. smapd has
 * one that works on its queue, and offers it through {@link sallyport.smapd.control.ControlDoor} on
 * the Unix socket {@code queue/.control}; {@link sallyport.smapd.control.ControlClient} is the same
 * at the other end. While smapd does not run, {@code smapq} makes one for the files.
 *
 * <h2>GRAMMAR</h2>
 *
 * Lines of printable ASCII that end with LF, words with one space between them. In a word, octets
 * that are not printable ASCII, spaces and {@code %} are {@code %XX}, after UTF-8. An empty word is
 * an empty value.
 *
 * <pre>
 * session   = ( "smapd 1" LF *( request LF reply ) ) / ( "busy" LF )
 * request   = "list" selection
 *           / "show" SP id
 *           / ( "header" / "message" ) SP id
 *           / action SP by selection            ; by: who asks, at most 64 characters
 * action    = "hold" / "release" / "retry" / "remove" / "bounce" / "requeue"
 * selection = SP "all" / 1*256( SP "id=" id ) / 1*( SP criterion )
 * criterion = "state=" state / "sender=" pattern / "recipient=" pattern / "domain=" domain
 *           / "least=" seconds / "most=" seconds / "hub=" text / "reason=" text
 * state     = "active" / "ready" / "deferred" / "hub-down" / "held" / "set-aside" / "damaged"
 *
 * reply     = *line ( "end" SP number / "failed" SP text / "wrong" ) LF
 *                                               ; number: batches in new/ after "list", else 0;
 *                                               ; after "wrong" the connection ends
 * line      = "entry" SP id SP state SP arrived SP size SP tries SP [ next ] SP sender
 *                     SP recipients SP reason LF 1*( "to" SP address SP hub LF )
 *           / "fact" SP name SP value LF        ; after "show", then the history
 *           / "history" SP text LF
 *           / "data" SP length LF *OCTET        ; after "header" and "message"
 *           / "result" SP id SP ( "done" / "unknown" / "busy" / "unfit" / "failed" ) SP text LF
 * </pre>
 *
 * <p>{@code show} of what is not there answers nothing but {@code end}. A {@code message} is whole
 * if no {@code result} came.
 *
 * <h2>LIMITS</h2>
 *
 * <table>
 *   <caption>Bounds</caption>
 *   <tr><td>a line</td><td>16 KiB</td></tr>
 *   <tr><td>sessions</td><td>8; the one that is idle longest, 10 s at least, makes room for the
 *       next</td></tr>
 *   <tr><td>a client's next request</td><td>30 s</td></tr>
 *   <tr><td>a client that takes nothing of a reply</td><td>15 minutes</td></tr>
 *   <tr><td>smapd's next line</td><td>120 s</td></tr>
 *   <tr><td>lines of history</td><td>1000</td></tr>
 * </table>
 *
 * <h2>SECURITY</h2>
 *
 * The socket is bound before smapd gives up its rights, mode 0600, in a folder that is smapd's
 * alone. Whoever is not smapd's account by SO_PEERCRED gets no octet and a {@code securityalert} in
 * the log. A session has a thread of its own and holds no lock while it writes, so a client that
 * hangs, sends garbage or goes in the midst of a reply holds nothing up.
 */
@NullMarked
package sallyport.smapd.control;

import org.jspecify.annotations.NullMarked;
