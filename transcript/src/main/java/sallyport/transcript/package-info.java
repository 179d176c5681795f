/**
 * NAME: transcript - plays written dialogues against a server.
 *
 * <h2>SUMMARY</h2>
 *
 * <p>A transcript is a text file that holds one scenario of a line protocol and is named for the
 * rule it shows. {@link sallyport.transcript.Transcript} reads it, {@link
 * sallyport.transcript.Player} plays it against a {@link sallyport.transcript.Peer}: a protocol
 * core in the same process, or a daemon behind {@link sallyport.transcript.SocketPeer}. The same
 * file serves both.
 *
 * <h2>SYNTAX</h2>
 *
 * <pre>
 * # text       comment; empty lines are ignored
 * &#64; name value a setting for whoever makes the peer, such as "&#64; max-recipients 2"
 * C: text      the client sends the text and CR LF
 * C- text      the client sends the text and no line end
 * C*20: text   the client sends the line twenty times
 * C$           the client ends its input
 * S: text      the server sends exactly this line
 * S~ regex     the server sends a line that the whole expression matches
 * S*20: text   the server sends this line twenty times
 * S$           the server closes the connection
 * M: text      lines of the message accepted last; M: lines behind each other are all of it
 * M= number    the message accepted last has so many octets
 * M# number    so many messages have been accepted in all
 * ! words      something happens around the server ("! time-out"); the peer knows what it means
 * </pre>
 *
 * <p>Client lines behind each other go out in one write, which is how pipelining is written down.
 * In {@code C}, {@code S:}, {@code M:} and {@code !} these escapes are known: {@code \r \n \t \0
 * \s} (a blank, where an editor would cut it) {@code \\ \xHH}, and <code>\{5000:ab}</code>, which
 * is {@code ab} five thousand times. Characters are octets (ISO 8859-1).
 *
 * <p>A scenario ends with the file. What the server sent and no line asked for fails it.
 *
 * <h2>DIAGNOSTICS</h2>
 *
 * <p>A mistake in a file is an {@link java.lang.IllegalArgumentException} that starts with {@code
 * file:line:}. A server that says something else is an {@link java.lang.AssertionError} with file
 * and line, what was expected, what came, and the dialogue so far.
 *
 * <h2>LIMITS</h2>
 *
 * <p>{@link sallyport.transcript.Escapes#MAX_TEXT} octets a line; {@link
 * sallyport.transcript.SocketPeer#PATIENCE} for an answer. For tests only: it trusts its files.
 */
@NullMarked
package sallyport.transcript;

import org.jspecify.annotations.NullMarked;
