/**
 * The POP3 gateway.
 *
 * <h2>Name</h2>
 *
 * pop3-gw - lets users read inside mailboxes by POP3, without knowing their secrets
 *
 * <h2>Summary</h2>
 *
 * pop3-gw greets with a challenge of authsrv's, takes a login by APOP ({@code john}, {@code
 * john%archive}, {@code john%archive@OUR-HOSTNAME}) or, under TLS, with the password itself, asks
 * the table and authsrv about it, connects to the inside server that the name says, logs in there
 * with a digest that authsrv makes, and from then on carries octets until a side ends. The client
 * sees a POP3 server like any other.
 *
 * <h2>What it promises</h2>
 *
 * <ul>
 *   <li>No inside server is connected before authsrv has let the user in, and none that no {@code
 *       server} line names. What a user types is never looked up anywhere else.
 *   <li>A login that the table refuses gets the answer that a wrong password gets, and as late.
 *   <li>What comes of the inside server before the login there is done never reaches the client; a
 *       server configured for {@code apop} never gets a secret.
 *   <li>After the login octets go through untouched and in order, beginning with those that came in
 *       the packet of the login. A client that closes its side still gets its answers.
 *   <li>Without TLS no password is asked for, unless the table wants it. What was sent ahead of a
 *       handshake ends the session, and what was said before it is forgotten. A failed handshake,
 *       and one that is ended by us, is answered by nothing that could be read.
 *   <li>Where the table wants TLS inside, no digest and no secret goes there without; only {@code
 *       verify} claims to know the server. A leg that is cut off under TLS, without a close_notify,
 *       is never passed on as a whole one: the other leg is cut off, too, and the log says so.
 *   <li>Whoever has logged in is never ended for another's sake; strangers are, those first who
 *       have named no user.
 *   <li>An authsrv or an inside server that is down, too many sessions and a daemon that stops are
 *       {@code -ERR [SYS/TEMP]}; {@code [AUTH]} means wrong credentials and nothing else.
 * </ul>
 *
 * <h2>Standards</h2>
 *
 * RFC 1939 (POP3, APOP), 2449 (CAPA, response codes), 2595 (STLS), 3206 (SYS, AUTH), 4616 and 5034
 * (AUTH PLAIN), 8314 (TLS from the first octet).
 *
 * <h2>Configuration</h2>
 *
 * See {@code docs/netperm-table.md}.
 *
 * <h2>Limits</h2>
 *
 * <table>
 *   <caption>Bounds, and the keyword that sets them</caption>
 *   <tr><td>sessions</td><td>1000, {@code max-sessions}; 100 of one host, {@code
 *       max-sessions-per-host}; when full the oldest that has named no user makes room, then the one
 *       that has been logging in for the longest time</td></tr>
 *   <tr><td>one command before login</td><td>300 s, {@code timeout}; 10 s while four fifths of the
 *       places are taken; {@link sallyport.pop3gw.pop3.Dialogue#MAX_COMMAND_OCTETS} octets; {@link
 *       sallyport.pop3gw.pop3.Dialogue#MAX_COMMANDS} in all</td></tr>
 *   <tr><td>a TLS handshake, on either leg</td><td>30 s ({@link
 *       sallyport.daemon.tls.TlsStreams#HANDSHAKE_TIME}), and {@link
 *       sallyport.daemon.tls.TlsStreams#MAX_HANDSHAKE_OCTETS} octets; a client in one has named no
 *       user, and makes room as such</td></tr>
 *   <tr><td>authsrv's answer</td><td>30 s ({@link
 *       sallyport.authdb.protocol.AuthsrvClient#ANSWER_TIME})</td></tr>
 *   <tr><td>login inside</td><td>60 s in all, {@code inside-timeout}; 10 s for one address to take
 *       the connection ({@link sallyport.pop3gw.InsideLogin#CONNECT_TIME}); lines of {@link
 *       sallyport.pop3gw.pop3.InsideDialogue#MAX_LINE_OCTETS} octets</td></tr>
 *   <tr><td>after login</td><td>1800 s without an octet, {@code relay-timeout}; 60 s once the client
 *       has closed its side ({@link sallyport.pop3gw.Relay#HALF_CLOSED_TIME}); 1 s for the client to
 *       close once the server has ({@link sallyport.pop3gw.Relay#LINGER})</td></tr>
 *   <tr><td>one write</td><td>60 s before login ({@link
 *       sallyport.pop3gw.Pop3Service#WRITE_TIME}), 300 s after it for 256 KiB at most ({@link
 *       sallyport.pop3gw.Relay#WRITE_TIME})</td></tr>
 *   <tr><td>memory for transfers</td><td>{@link sallyport.pop3gw.RelayBuffers#MOST} buffers of 256
 *       KiB for all in the clear, as many for all under TLS; 8 KiB for a transfer that gets none of
 *       them; 1 KiB for a session that waits under TLS</td></tr>
 *   <tr><td>pipes for large transfers in the clear</td><td>{@link
 *       sallyport.pop3gw.RelayPipes#MOST} of 1 MiB ({@link sallyport.daemon.KernelPipe#OCTETS}) in
 *       the kernel, two descriptors each; a transfer that gets none is copied</td></tr>
 *   <tr><td>threads that relay in the clear</td><td>one for every two processors, {@link
 *       sallyport.pop3gw.RelayLoops#MOST} at most; 256 KiB for one side before others have their
 *       turn, 1 MiB by a pipe; {@link sallyport.pop3gw.RelayLoop#LOOKS} looks for more before a
 *       rest</td></tr>
 *   <tr><td>inside servers</td><td>{@link sallyport.pop3gw.InsideServers#MOST}</td></tr>
 * </table>
 *
 * Bounds in time are kept by the {@link sallyport.daemon.Watchdog}, a second too late at most.
 *
 * <h2>Diagnostics</h2>
 *
 * One log line an event, {@code docs/log.md}: {@code connect}, {@code login} (both logins are
 * done), {@code disconnect} with the octets and how it ended; {@code refused}, {@code evicted},
 * {@code timeout}, {@code bad-command}, {@code not-pop3}, {@code tls}, {@code tls-failed}, {@code
 * certificate}, {@code login-failed}, {@code inside-down}, {@code inside-refused}, {@code
 * inside-suspect}, {@code authsrv-down}, {@code authsrv-up}. Why a login was refused stands in
 * authsrv's log.
 *
 * <h2>Security</h2>
 *
 * pop3-gw runs under an account of its own, chrooted into a folder that holds authsrv's socket and
 * nothing else; its TLS keys are read before that. It holds no front secret: of a user it sees a
 * digest that is good once. A password it sees of who logs in by one, which {@code auth apop}
 * forbids, and a secret for an inside server only where that is marked {@code pass}, in both cases
 * for the time of the login.
 *
 * <p>A captured pop3-gw reads and changes the mailbox sessions of those who are logged in, and of
 * those who log in while it is captured. It collects the digests they send, with which a weak
 * secret can be guessed (generated ones cannot), the passwords they send, the TLS keys, and secrets
 * of their own for inside servers marked {@code pass}. It can put users to sleep by wrong logins in
 * their name, from any network it likes to claim, and fill the log. It connects wherever the host's
 * packet filter lets its account, on loopback too, which is why that filter should know the list of
 * inside servers. It cannot log in for anybody who does not log in meanwhile, learn a secret from
 * authsrv, or answer a challenge of another gateway.
 *
 * <h2>For maintainers</h2>
 *
 * {@link sallyport.pop3gw.Pop3Config} and {@link sallyport.daemon.DaemonConfig} are the table,
 * read.
 *
 * <p>{@link sallyport.pop3gw.Main} hands the program to the daemon module; {@link
 * sallyport.pop3gw.Pop3Service} binds and serves. A connection that is admitted becomes a {@link
 * sallyport.pop3gw.Session} on a virtual thread of its own: it hands each line to the protocol core
 * ({@link sallyport.pop3gw.pop3}) and does what the core answers. {@link
 * sallyport.pop3gw.InsideLogin} does the same for the login inside, and {@link
 * sallyport.pop3gw.Relay} is all the rest of the session, between two {@link
 * sallyport.pop3gw.Leg}s: a {@link sallyport.pop3gw.ChannelRelay} on a thread that it shares with
 * many others ({@link sallyport.pop3gw.RelayLoop}), for large messages by a {@link
 * sallyport.pop3gw.Shortcut} in the kernel, or, if a leg is under TLS ({@link
 * sallyport.daemon.tls}), a {@link sallyport.pop3gw.StreamRelay} with virtual threads of its own.
 * What a session waits for, another thread can end through its {@link sallyport.pop3gw.Waiting}.
 */
@NullMarked
package sallyport.pop3gw;

import org.jspecify.annotations.NullMarked;
