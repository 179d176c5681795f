/**
 * The broker between gateways and the user database.
 *
 * <h2>Name</h2>
 *
 * authsrv - keeps the users' secrets, and tells gateways who may come in
 *
 * <h2>Summary</h2>
 *
 * A gateway talks to strangers and holds no secret. It asks authsrv, over a Unix socket, for a
 * challenge to greet with, whether a login is right, and what to answer an inside server. authsrv
 * alone reads the database and the keys; it never talks to a network.
 *
 * <h2>What it promises</h2>
 *
 * <ul>
 *   <li>A login is granted only for a digest over a challenge of this process that is not ten
 *       minutes old and was never used before, or for the secret itself; for a user who is not
 *       disabled, from a source that is not asleep, to a server that the table lists.
 *   <li>A refusal tells nothing: unknown user, wrong digest, disabled, asleep, server not listed,
 *       not our name behind the {@code @}, denied by the gateway's rules: one reply, and one time,
 *       which is counted from the request's arrival and depends on the client's network alone (1,
 *       2, 4, 8, 15 s; ten minutes without a refusal forgive). The same work is done for a user who
 *       is not there.
 *   <li>Nobody can lock another out. {@code badtries} wrong tries put the pair of user and network
 *       (IPv4 /24, IPv6 /64) to sleep for {@code badsleep}, and no other. An address from which the
 *       user logged in within 30 days has a count of its own. The secret before the last change is
 *       recognised for 14 days and not counted: a telephone that still has it is no attack.
 *   <li>One name tried from 20 networks within an hour raises a {@code securityalert}, and is
 *       slowed until an hour passes without a further network: from places where this user is not
 *       known every answer, a grant too, takes 15 s, and one wrong try is enough for sleep. Whether
 *       there is such a user makes no difference.
 *   <li>A change by {@code authdb} counts within about a second.
 *   <li>No answer waits for a disk. While the database is locked, full, read-only or away, authsrv
 *       serves from memory, says {@code trouble} once, and writes later what it can still keep.
 *   <li>{@code unavailable}, never a refusal and never a grant, for what is our fault: a secret
 *       that cannot be opened, a bound that is reached, a drain, a challenge from before a restart.
 * </ul>
 *
 * <h2>Configuration</h2>
 *
 * See {@code docs/netperm-table.md}. The inside servers are read from pop3-gw's lines, so that a
 * gateway cannot name others. The first {@code authdb adduser} makes database and key; until then
 * authsrv ends with 78. There is no TCP: the fwtk's {@code hosts} and {@code authserver HOST PORT}
 * draw a warning.
 *
 * <h2>Limits</h2>
 *
 * <table>
 *   <caption>Bounds</caption>
 *   <tr><td>sockets, and sessions on each</td><td>16 ({@link
 *       sallyport.authdb.authsrv.AuthsrvConfig#MAX_SOCKETS}), 16 ({@link
 *       sallyport.authdb.authsrv.Door#MAX_SESSIONS})</td></tr>
 *   <tr><td>refusals held back for a session</td><td>4,096, then {@code unavailable}; octets that the
 *       gateway does not take: 1 MiB, then it is cut ({@link
 *       sallyport.authdb.authsrv.Session})</td></tr>
 *   <tr><td>a line</td><td>2,048 octets ({@link sallyport.authdb.protocol.Wire#MAX_LINE})</td></tr>
 *   <tr><td>a challenge</td><td>10 minutes; one that is not used costs no memory; 1,048,576 used ones
 *       are remembered, then {@code unavailable} ({@link
 *       sallyport.authdb.authsrv.Challenges})</td></tr>
 *   <tr><td>a grant</td><td>60 s, one use; 131,072 at a time, and the last 131,072 at least that
 *       were used ({@link sallyport.authdb.authsrv.Grants})</td></tr>
 *   <tr><td>answered timestamps</td><td>the last 131,072 at least, since the start ({@link
 *       sallyport.authdb.authsrv.Answered})</td></tr>
 *   <tr><td>counts</td><td>32 known addresses a user; 65,536 strange networks with wrong tries of all
 *       users ({@link sallyport.authdb.authsrv.Counts}); 65,536 networks with refusals ({@link
 *       sallyport.authdb.authsrv.Delays}); 16,384 names, 20 networks each ({@link
 *       sallyport.authdb.authsrv.Guesses}); of all the least recent go first</td></tr>
 *   <tr><td>waiting for the database</td><td>10,000 lines of users' logs, 131,072 counts ({@link
 *       sallyport.authdb.authsrv.Ledger}); the oldest are lost, and their number logged</td></tr>
 *   <tr><td>drain</td><td>refusals are held to their end (15 s), unused grants for 5 s; the last
 *       write 4 s</td></tr>
 * </table>
 *
 * At kill -9 the counts of the last second are lost.
 *
 * <h2>Diagnostics</h2>
 *
 * Log lines: {@code docs/log.md}, {@code login}, {@code login-refused} (with the reason, at
 * arrival), {@code asleep}, {@code guessing}, {@code wrong-peer}, {@code suspect-gateway}, {@code
 * trouble}, {@code database-up}. Exit code 78 also when there is no database yet, or the key is not
 * the one that the secrets were sealed with; 77 when database or keys belong to another account; 74
 * when they cannot be read; 69 when the socket is in use.
 *
 * <h2>Security</h2>
 *
 * authsrv runs chrooted into the folder of database and keys under an account of its own, and the
 * kernel refuses it to make or connect a socket. Whoever has this account has all secrets.
 *
 * <p>A peer is known by the kernel's word (SO_PEERCRED). A wrong account gets not one octet. The
 * account is looked up by the C library, which is why that is done once before the jail is entered.
 *
 * <p>A captured gateway <em>can</em>
 *
 * <ul>
 *   <li>take over sessions that log in through it meanwhile, and read their mail;
 *   <li>show its own challenges to clients and collect digests, to guess weak secrets off line (let
 *       {@code authdb passwd --generate} make them), and collect secrets that are sent by PASS;
 *   <li>use each login for one digest over a timestamp of its choice, if that is a msg-id, bears no
 *       gateway's mark and is new; or for the user's own secret of a {@code pass} server;
 *   <li>guess: {@code badtries} tries for each network that it claims; its word for the client's
 *       address is believed. So it can put pairs to sleep and raise alarms, but nobody's known
 *       address is affected unless it names that;
 *   <li>stop the service for everybody: by filling the memory of used challenges, or the log.
 * </ul>
 *
 * <p>It <em>cannot</em>
 *
 * <ul>
 *   <li>read a front secret, or the database;
 *   <li>get a digest or a secret for a user who does not log in just then, for another user or
 *       server than the login was for, or two for one login;
 *   <li>log in with a digest that it has seen, since a challenge is good once, or with a challenge
 *       of its own making;
 *   <li>have one of our front challenges answered as though an inside server had sent it: nothing
 *       that bears the mark {@code sp.} of any gateway is digested;
 *   <li>learn who is a user, but by seeing logins that succeed.
 * </ul>
 *
 * <p>A hostile inside server gets one answer a login, to a msg-id that was not answered before for
 * this user and server. It can make authsrv forget an answer only by 131,072 later logins.
 *
 * <h2>For maintainers</h2>
 *
 * {@link sallyport.authdb.authsrv.AuthsrvConfig} and {@link sallyport.daemon.DaemonConfig} are the
 * table, read.
 *
 * <p>{@link sallyport.authdb.authsrv.Main} hands the program to the daemon module, {@link
 * sallyport.authdb.authsrv.AuthsrvService} binds and opens. A {@link sallyport.authdb.authsrv.Door}
 * lets gateways in, a {@link sallyport.authdb.authsrv.Session} reads their lines (grammar: {@link
 * sallyport.authdb.protocol}), and {@link sallyport.authdb.authsrv.Broker} decides, without socket,
 * disk or clock of its own: {@link sallyport.authdb.authsrv.Logins} front logins, {@link
 * sallyport.authdb.authsrv.InsideAnswers} what a grant buys. {@link sallyport.authdb.authsrv.Held}
 * keeps a refusal until its time; {@link sallyport.authdb.authsrv.Keeper} reads and writes the
 * database once a second.
 */
@NullMarked
package sallyport.authdb.authsrv;

import org.jspecify.annotations.NullMarked;
