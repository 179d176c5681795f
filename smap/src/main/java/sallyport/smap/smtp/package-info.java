/**
 * NAME: smap.smtp - the SMTP protocol core of smap.
 *
 * <h2>SUMMARY</h2>
 *
 * <p>{@link sallyport.smap.smtp.Dialogue} is the server's side of SMTP as a pure function: {@link
 * sallyport.smap.smtp.State} and {@link sallyport.smap.smtp.Input} give {@link
 * sallyport.smap.smtp.Step}, which is the next state and a list of {@link
 * sallyport.smap.smtp.Action}. {@link sallyport.smap.smtp.BodyScanner} finds the end of a body and
 * takes the dot stuffing out. {@link sallyport.smap.smtp.ReceivedField} writes the trace field.
 * Nothing here opens a socket or a file, reads a clock, starts a thread or throws dice.
 *
 * <p>The driver reads lines and bodies, gives inputs one at a time, and carries out the actions in
 * order. To start with: {@code State.initial()} and {@code Input.Opened}. Commands are read by
 * {@code CommandParser}, {@code MailParser} and {@code PathParser}, answered by {@code Verbs};
 * every reply stands in {@code Replies}.
 *
 * <h2>STATES</h2>
 *
 * <pre>
 *              HELO, EHLO                MAIL                   RCPT
 *  Connected ─────────────▶ Greeted ─────────────▶ HasSender ─────────▶ HasRecipients ◀─┐ RCPT
 *                            ▲ ▲ ▲                   │                    │  │      └───┘
 *                            │ │ └───────────────────┴────────────────────┘  │ DATA
 *                            │ │           RSET, HELO, EHLO                  │ 354, ReceiveBody
 *                            │ │                                             ▼
 *                            │ └──────────────────────────────────────── Receiving
 *                            │    BodyEnd, refused: Discard, 5xx           │ BodyEnd, in order
 *                            │    CommitRefused:    Discard, 45x           │ Commit
 *                            │                                             ▼
 *                            └─────────────────────────────────────── Committing
 *                                 Committed: 250    CommitRefused: 45x     │ CommitUnknown
 *                                                                          ▼ no reply
 *  any of the first four: QUIT 221, end of input, 421, 521, 554 ────▶   Closed
 *  Receiving: end of input, 421 (with Discard)                  ────▶
 * </pre>
 *
 * <p>A command that is refused leaves the state as it was; so does one that carries no mail (NOOP,
 * VRFY, HELP). What a state cannot have, such as a command line in Receiving or a time-out in
 * Committing, is a mistake of the driver and an {@link java.lang.IllegalStateException}.
 *
 * <h2>PROMISES</h2>
 *
 * <ul>
 *   <li>Only {@code CR LF . CR LF} ends a body. A refused body is read to that end, and its one
 *       reply comes after it.
 *   <li>No octet of a body or of a chunk is ever taken for a command: DATA that is refused while
 *       more octets wait behind it ends the session, and so does BDAT.
 *   <li>250 for a message follows {@code Committed} and nothing else. A lost connection, a time-out
 *       or a shutdown in a body is a {@code Discard}.
 *   <li>What is stored holds no bare CR, bare LF or NUL, no dot stuffing, and lines of any length
 *       as they came.
 *   <li>No reply holds an octet of the client, or a name behind the gateway.
 *   <li>A refusal says so with its own enhanced code; temporary trouble is always 4xx.
 * </ul>
 *
 * <h2>STANDARDS</h2>
 *
 * <p>RFC 5321 (SMTP), 1870 (SIZE), 2034 and 3463 (enhanced codes), 2920 (PIPELINING), 6152
 * (8BITMIME), 7504 (521), 3848 (with ESMTP, ESMTPS), 3207 (STARTTLS). Not offered: CHUNKING,
 * SMTPUTF8, AUTH, DSN.
 *
 * <p>Looser than RFC 5321, because the world is: any visible token is a HELO name; one blank may
 * stand behind {@code FROM:} and {@code TO:}; underscores in domains; return paths with a long
 * local part; text lines of any length. Stricter, because this is a gateway: a local part that
 * begins with {@code -}, {@code |} or {@code /} (X.400 excepted), also behind {@code % ! :}, is
 * refused, as are {@code % ! @ ::} inside the local part of a recipient; a bare CR, LF or control
 * character in a command.
 *
 * <h2>SENDING AHEAD</h2>
 *
 * <p>A client that said EHLO may pipeline. One that said HELO may not, and nobody may speak before
 * 220: such a session ends with 554. Commands that arrive together with EHLO itself are let pass.
 * The driver says with each line whether octets waited behind it.
 *
 * <h2>TLS</h2>
 *
 * <p>STARTTLS behind EHLO, outside of a transaction, gives 220 and {@link
 * sallyport.smap.smtp.State.Securing}; the outcome of the handshake is the next input. With TLS the
 * session is {@code Connected} again and nothing the client had said is known; its errors are still
 * counted. Without, it is over, and not a word more is said. Octets behind STARTTLS end the session
 * with 554. Where TLS is required, 530 answers all but EHLO, NOOP, STARTTLS and QUIT.
 *
 * <h2>ERRORS AND JUNK</h2>
 *
 * <p>Each refused command counts as an error, and so does each command without mail beyond the junk
 * limit, and each recipient more than a thousand beyond {@code maxrecip}. From the soft limit on a
 * refusal is delayed, at the hard limit the session ends with 421. An accepted message sets the
 * counts back.
 *
 * <h2>DIAGNOSTICS</h2>
 *
 * <p>{@link sallyport.smap.smtp.Action.Note} carries what is worth a log line, with the client's
 * line as it came: the log must escape it.
 *
 * <h2>LIMITS</h2>
 *
 * <table border="1">
 *   <caption>Bounds</caption>
 *   <tr><th>what</th><th>bound</th><th>beyond it</th></tr>
 *   <tr><td>command line</td><td>2,048 octets</td><td>500 5.5.2</td></tr>
 *   <tr><td>HELO name</td><td>255</td><td>501 5.5.4</td></tr>
 *   <tr><td>path, domain, label</td><td>256, 255, 63</td><td>501 5.1.7, 501 5.1.3</td></tr>
 *   <tr><td>local part of a recipient</td><td>64</td><td>501 5.1.3</td></tr>
 *   <tr><td>message</td><td>{@code maxbytes}, 25 MiB</td><td>552 5.3.4</td></tr>
 *   <tr><td>recipients</td><td>{@code maxrecip}, 100</td><td>452 4.5.3</td></tr>
 *   <tr><td>Received: fields</td><td>{@code maxhops}, 50</td><td>554 5.4.6</td></tr>
 *   <tr><td>header</td><td>256 KiB</td><td>552 5.6.0</td></tr>
 *   <tr><td>header line</td><td>64 KiB</td><td>550 5.6.0</td></tr>
 *   <tr><td>errors</td><td>10 soft, 20 hard</td><td>delay, 421 4.7.0</td></tr>
 *   <tr><td>commands without mail</td><td>100</td><td>each is an error</td></tr>
 * </table>
 */
@NullMarked
package sallyport.smap.smtp;

import org.jspecify.annotations.NullMarked;
