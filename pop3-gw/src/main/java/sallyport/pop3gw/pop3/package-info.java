/**
 * NAME: pop3gw.pop3 - the POP3 protocol core of pop3-gw.
 *
 * <h2>SUMMARY</h2>
 *
 * <p>{@link sallyport.pop3gw.pop3.Dialogue} is the gateway's side of a client's session until both
 * logins are done, {@link sallyport.pop3gw.pop3.InsideDialogue} the gateway's login at an inside
 * server. Both are pure functions: a state and an input give the next state and what to do. Nothing
 * here opens a socket or a file, reads a clock, starts a thread or throws dice; nothing here knows
 * a user's secret, but what a client itself sends by PASS and what authsrv hands out for a server
 * of the kind {@code pass}.
 *
 * <p>The driver reads lines, asks authsrv and connects, gives inputs one at a time, and carries out
 * the actions in order. To start with: {@code State.initial} and {@code Input.Opened}; at {@code
 * ConnectInside}: {@code InsideState.initial()} and the first line of the server. Commands are read
 * by {@code CommandParser} and answered by {@code Verbs}; every reply stands in {@code Replies}.
 *
 * <h2>STATES OF A CLIENT'S SESSION</h2>
 *
 * <table border="1">
 *   <caption>Dialogue</caption>
 *   <tr><th>state</th><th>input</th><th>answer</th><th>next</th></tr>
 *   <tr><td>Negotiating</td><td>TlsStarted</td><td>nothing</td><td>Connected, or Greeted behind
 *       STLS</td></tr>
 *   <tr><td></td><td>SentAhead</td><td>-ERR</td><td>Closed</td></tr>
 *   <tr><td></td><td>TlsFailed, NotPermitted, Overloaded, TimedOut, Evicted, ShuttingDown</td>
 *       <td>nothing: it would be readable</td><td>Closed</td></tr>
 *   <tr><td>Connected</td><td>Opened</td><td>+OK welcome [challenge]</td><td>Greeted</td></tr>
 *   <tr><td></td><td>NotPermitted</td><td>-ERR denial</td><td>Closed</td></tr>
 *   <tr><td></td><td>Overloaded, Unavailable</td><td>-ERR [SYS/TEMP]</td><td>Closed</td></tr>
 *   <tr><td>Greeted, Named</td><td>CAPA, NOOP</td><td>+OK</td><td>the same</td></tr>
 *   <tr><td></td><td>AUTH</td><td>+OK and PLAIN if PASS is offered, else -ERR</td><td>the
 *       same</td></tr>
 *   <tr><td></td><td>AUTH with a mechanism that is not offered, {@code *}, {@code =}</td>
 *       <td>-ERR</td><td>the same</td></tr>
 *   <tr><td></td><td>AUTH PLAIN and a response, if PASS is offered</td><td>ask authsrv</td>
 *       <td>Verifying</td></tr>
 *   <tr><td></td><td>AUTH PLAIN alone, if PASS is offered</td><td>+</td><td>Exchanging</td></tr>
 *   <tr><td></td><td>STLS, if offered</td><td>+OK</td><td>Negotiating</td></tr>
 *   <tr><td></td><td>USER, if offered</td><td>+OK, whoever it is</td><td>Named</td></tr>
 *   <tr><td></td><td>APOP, if offered</td><td>ask authsrv</td><td>Verifying</td></tr>
 *   <tr><td>Named</td><td>PASS</td><td>ask authsrv</td><td>Verifying</td></tr>
 *   <tr><td>Exchanging</td><td>{@code *}</td><td>-ERR</td><td>Greeted</td></tr>
 *   <tr><td></td><td>any other line</td><td>ask authsrv</td><td>Verifying</td></tr>
 *   <tr><td>Greeted, Named</td><td>QUIT</td><td>+OK</td><td>Closed</td></tr>
 *   <tr><td></td><td>any other line</td><td>-ERR</td><td>Closed</td></tr>
 *   <tr><td>Verifying</td><td>LoggedIn</td><td>connect inside</td><td>Connecting</td></tr>
 *   <tr><td></td><td>Refused</td><td>-ERR [AUTH]</td><td>Closed</td></tr>
 *   <tr><td></td><td>Unavailable</td><td>-ERR [SYS/TEMP]</td><td>Closed</td></tr>
 *   <tr><td>Connecting</td><td>InsideReady</td><td>+OK, relay</td><td>Relaying</td></tr>
 *   <tr><td></td><td>InsideFailed</td><td>-ERR, see below</td><td>Closed</td></tr>
 *   <tr><td>Relaying, Closed</td><td>anything</td><td>nothing</td><td>the same</td></tr>
 *   <tr><td>any other</td><td>TimedOut, Evicted, ShuttingDown</td><td>-ERR [SYS/TEMP]</td>
 *       <td>Closed</td></tr>
 *   <tr><td></td><td>EndOfInput</td><td>nothing</td><td>Closed</td></tr>
 * </table>
 *
 * <h2>STATES OF A LOGIN INSIDE</h2>
 *
 * <p>A login that begins with STLS goes this way first, and then on as though it had just been
 * greeted:
 *
 * <pre>
 *            CAPA                   +OK           .             STLS
 *  Greeting ──────▶ AskingCapabilities ─▶ Listing ─▶ STLS among them? ──▶ AnsweringStls
 *     │                    │ -ERR                       │ no               ▲      │ +OK
 *     │                    ▼                            ▼                  │      ▼
 *     │              (without TLS)               (without TLS)             │   Securing ─▶ (TLS)
 *     └────────────────────────── STLS unasked, if it must be ─────────────┘
 * </pre>
 *
 * <p>The login itself:
 *
 * <pre>
 *             +OK &lt;msg-id&gt;            digest: APOP name digest
 *  Greeting ───────────────▶ Digesting ─────────────────────────▶ AnsweringLogin
 *     │                      (authsrv)                            │  ▲        │ +OK
 *     │ +OK: USER name           +OK                 secret: PASS │  │        ▼
 *     └────────▶ AnsweringUser ───────▶ Fetching ─────────────────┼──┘   Over, Ready
 *                                       (authsrv)                 │ anything else
 *  every state: anything but what is written here ───────────────▶│
 *                                                                 ▼
 *                                                            Over, Failed
 * </pre>
 *
 * <p>The method is the table's: where it says {@code apop}, a greeting without a timestamp or a
 * refusal ends the attempt, and PASS is never tried. The secret of a {@code pass} server is asked
 * for when USER has been taken, no sooner.
 *
 * <p>What a state cannot have, such as a line while authsrv is being asked, is a mistake of the
 * driver and an {@link java.lang.IllegalStateException}.
 *
 * <h2>WHAT A CLIENT IS TOLD</h2>
 *
 * <table border="1">
 *   <caption>Response codes, RFC 2449 and RFC 3206</caption>
 *   <tr><th>code</th><th>when</th></tr>
 *   <tr><td>[AUTH]</td><td>authsrv refused name or secret, whatever the cause: one text. Names and
 *       digests that can be nobody's go to authsrv too, so that they take as long.</td></tr>
 *   <tr><td>[SYS/TEMP]</td><td>authsrv is away, sessions are full, a time-out, a shutdown; the
 *       inside server is away, misbehaves, or says [SYS/TEMP]</td></tr>
 *   <tr><td>[IN-USE], [LOGIN-DELAY]</td><td>the inside server says so</td></tr>
 *   <tr><td>[SYS/PERM]</td><td>the inside server refused the second login, or authsrv has nothing
 *       to log in with. Not [AUTH]: the user's own credentials were right, a mail program that asks
 *       for others would be misled, and somebody has to mend the records (RFC 3206 section 4). A
 *       refusal without a code counts as this one.</td></tr>
 *   <tr><td>none</td><td>a host that is not permitted, wrong commands</td></tr>
 * </table>
 *
 * <h2>CAPA BEFORE LOGIN</h2>
 *
 * <p>{@code USER} and {@code SASL PLAIN} if PASS is offered, which without TLS it is only where the
 * table wants it; {@code STLS} until it has been said, where the listener has it; {@code
 * RESP-CODES} and {@code AUTH-RESP-CODE}, see above; {@code TOP} and {@code UIDL}, which are the
 * inside server's: RFC 2449 lets them be announced in both states, most clients ask only once, and
 * one that is told nothing may believe that mail cannot be left on the server. An inside server
 * without them answers -ERR itself. A client that asks again behind the login gets the inside
 * server's own list.
 *
 * <p>Not announced: {@code PIPELINING}, a promise for the inside server that we cannot give (what a
 * client sends ahead of its login's answer is kept, and reaches the inside server when both logins
 * are done); {@code UTF8}, which the inside server may not carry; {@code EXPIRE}, {@code
 * LOGIN-DELAY}; and {@code IMPLEMENTATION}, which strangers need not know.
 *
 * <h2>PROMISES</h2>
 *
 * <ul>
 *   <li>Nothing is relayed before authsrv has said yes to this client and the inside server has
 *       said +OK to us. A login that was refused ends the session: no second try at one challenge.
 *   <li>The greeting holds a challenge only if APOP is offered, or will be behind STLS, and nothing
 *       else in angle brackets.
 *   <li>Behind STLS nothing is known of what the client said before (RFC 2595 section 4). Octets
 *       that came behind it, before its answer, end the session unread (CVE-2021-33515). The
 *       challenge stays good: it is ours, the greeting is not repeated, and mail programs answer
 *       the one they saw. Whoever changed it on its way gets nothing: the digest of it comes to us,
 *       under TLS.
 *   <li>Inside, an answer to STLS with anything behind it ends the attempt (CVE-2020-14954,
 *       CVE-2020-15953). No digest and no secret is sent before TLS where TLS is wanted. Of what
 *       came before it only the timestamp is used, as that greeting is not repeated either; it is
 *       judged as any other, and a false one gives a digest that only the far end of TLS reads.
 *   <li>No reply holds an octet of the client, or of an inside server. Of a server's greeting, the
 *       timestamp goes to authsrv; all else is dropped.
 *   <li>A timestamp goes to authsrv only if it is the one thing of its kind in the greeting, a
 *       msg-id of printable atoms (CVE-2007-1558), and no gateway's own challenge.
 *   <li>An inside server that speaks before it is asked is not believed: behind its greeting,
 *       behind any answer, and behind the login's +OK.
 *   <li>Nothing that may be a secret comes into a note or a {@code toString}: of a wrong command
 *       the keyword at most, of a name that can be nobody's nothing.
 * </ul>
 *
 * <h2>STANDARDS</h2>
 *
 * <p>RFC 1939 (POP3), 2449 (CAPA, response codes, lengths of lines), 2595 (STLS), 3206 (SYS and
 * AUTH codes), 4616 (PLAIN), 5034 (AUTH), 8314 (TLS from the beginning). Not offered: UTF8 (6856).
 *
 * <p>Looser than the RFCs: NOOP before login; digests in capitals; blanks behind a command without
 * an argument. Stricter: every command that is wrong before login ends the session, and so do a
 * bare CR or LF, and a line that is too long; {@code AUTH} is the exception, because mail programs
 * probe with it. A response of SASL PLAIN that is none, for bad base64 or another's identity, is
 * refused like a wrong password, and as late. A time-out is answered where RFC 1939 section 3 would
 * close silently.
 *
 * <h2>DIAGNOSTICS</h2>
 *
 * <p>{@link sallyport.pop3gw.pop3.Action.Note} carries what is worth a log line; {@link
 * sallyport.pop3gw.pop3.InsideFault} says why an inside login failed, and whether an administrator
 * must see it.
 *
 * <h2>LIMITS</h2>
 *
 * <table border="1">
 *   <caption>Bounds</caption>
 *   <tr><th>what</th><th>bound</th><th>beyond it</th></tr>
 *   <tr><td>command line, with CR LF</td><td>255 octets</td><td>-ERR, closed</td></tr>
 *   <tr><td>line of a SASL exchange, without CR LF</td><td>996 octets</td><td>-ERR, closed</td></tr>
 *   <tr><td>commands before a login</td><td>20</td><td>-ERR, closed</td></tr>
 *   <tr><td>logins in a session</td><td>1</td><td>closed</td></tr>
 *   <tr><td>welcome and denial text</td><td>120</td><td>refused with the table</td></tr>
 *   <tr><td>challenge in the greeting</td><td>384</td><td>-ERR [SYS/TEMP]</td></tr>
 *   <tr><td>line of an inside server, with CR LF</td><td>512</td><td>failed</td></tr>
 *   <tr><td>capabilities of an inside server</td><td>100 lines</td><td>failed</td></tr>
 *   <tr><td>line to an inside server, with CR LF</td><td>255</td><td>failed: a secret for {@code
 *       pass} has at most 248 octets</td></tr>
 * </table>
 */
@NullMarked
package sallyport.pop3gw.pop3;

import org.jspecify.annotations.NullMarked;
