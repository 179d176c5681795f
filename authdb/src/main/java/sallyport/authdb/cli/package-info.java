/**
 * The command that keeps the users.
 *
 * <h2>Name</h2>
 *
 * authdb - keeps the users who may log in at the gateway, and their secrets
 *
 * <h2>Synopsis</h2>
 *
 * <pre>
 * authdb [-t FILE] COMMAND …
 *
 * adduser USER [--group GROUP] [--name TEXT] [--disabled]
 *              [--generate | --stdin]
 * deluser USER [--yes]
 * passwd USER [--generate | --stdin]
 * enable USER                       disable USER
 * rename OLD NEW                    longname USER NAME
 * group USER GROUP                  unlock USER
 * map USER SERVER [--name NAME] [--secret | --stdin]
 * unmap USER SERVER
 * list [--json]                     display USER [--json]
 * log USER [-n N] [--json]          verify USER CHALLENGE [--stdin]
 * dump [--secrets] [FILE]           load FILE
 * key list [--json]                 key rotate
 * completion
 * </pre>
 *
 * <p>{@code -t}, {@code --table FILE} names the table, {@code /etc/sallyport/netperm-table} if
 * absent; {@code --help} stands with every command.
 *
 * <h2>Summary</h2>
 *
 * authsrv may run meanwhile, and other administrators may work: each command is one transaction,
 * which authsrv follows within a second.
 *
 * <p>The first {@code adduser} (or {@code load}) makes database and key together and says so. Back
 * the key folder up, apart from the database: a copy of the database alone is of no use to a thief,
 * and none to you. A key is never made for a database that is there, nor a database beside keys
 * that are there.
 *
 * <p>A user who is added has a secret and may log in. {@code passwd --generate} is the recommended
 * way to one: 128 random bits, for mail alone. What the user had before is remembered for 14 days,
 * so that a forgotten mail program is refused without being counted. {@code disable} and {@code
 * deluser} do not end a session that is open.
 *
 * <p>{@code map} is for inside servers that know the user by another name or secret. The server
 * must stand in a {@code pop3-gw: server} line. One that is asked by PASS needs a secret of its own
 * here, for the user's front secret is never handed out; one that is asked by APOP takes the front
 * secret where there is no other.
 *
 * <p>{@code verify} compares the digest of an APOP line with what the user's secret gives for that
 * challenge: to tell a wrong secret from a wrong setting.
 *
 * <p>{@code load} takes what {@code dump} wrote, all of it or, if anything is wrong, nothing; and
 * the dump of the TIS Firewall Toolkit's authsrv, of which it says user by user what could not be
 * taken over: above all the passwords, which lie there as hashes, while APOP needs the secret
 * itself.
 *
 * <h2>Secrets</h2>
 *
 * A secret has 1 to 255 octets without CR, LF and NUL. It is asked for twice on a terminal without
 * echo, made with {@code --generate} and then printed alone on standard output, this once, or with
 * {@code --stdin} read as the one line of standard input, with or without its line feed; anything
 * behind it is refused. It is never an argument, so that neither {@code ps} nor a shell's history
 * has it; an argument too many is not repeated in the error. Arrays that held a secret are wiped.
 * {@code dump --secrets} writes all of them in clear, to a file of its own making (0600) or a pipe,
 * never to a terminal.
 *
 * <h2>Output</h2>
 *
 * Answers on standard output; notes, and answers that are a no, on standard error. On a terminal
 * {@code list}, {@code log} and {@code key list} have heads and columns, and local time; to a pipe
 * no heads, a tab between the columns, and the offset with the time; {@code -} stands for nothing,
 * {@code never} for a time that was not. STATUS is {@code enabled}, {@code disabled}, {@code
 * no-secret}, or {@code asleep}: after too many wrong logins, perhaps for some sources only. With
 * {@code --json}, times in UTC:
 *
 * <pre>
 * list:    [USER…]
 * display: USER, which is
 *          {"name": NAME, "group": TEXT, "longName": TEXT,
 *           "status": WORD, "disabled": BOOLEAN, "badCount": N,
 *           "sleepingUntil": TIME|null, "lastLogin": TIME|null,
 *           "lastSource": ADDRESS|null, "created": TIME,
 *           "secretChanged": TIME|null, "inside":
 *           {SERVER: {"name": NAME|null, "ownSecret": BOOLEAN}…}}
 * log:     [{"time": TIME, "source": ADDRESS, "outcome": WORD}…],
 *          the newest first; WORD is login, wrong-secret, old-secret,
 *          no-secret, disabled, asleep, no-server or rules
 * key list:
 *          [{"key": ID, "made": TIME, "secrets": N,
 *            "current": BOOLEAN}…]
 * </pre>
 *
 * <h2>Diagnostics</h2>
 *
 * Exit codes, and one line on standard error for each but 0:
 *
 * <table>
 *   <caption>Exit codes</caption>
 *   <tr><td>0</td><td>done; the digest is right</td></tr>
 *   <tr><td>1</td><td>a no: no such user or server, already there, not mapped, declined; the digest
 *       is wrong, or the user could not log in with it</td></tr>
 *   <tr><td>64</td><td>wrong arguments, or no usable secret</td></tr>
 *   <tr><td>66</td><td>no table, no database yet, or a file that cannot be read or is no
 *       dump</td></tr>
 *   <tr><td>69</td><td>the database was busy for longer than {@link
 *       sallyport.authdb.UserDatabase#BUSY_BOUND}; try again</td></tr>
 *   <tr><td>70</td><td>a fault in the program</td></tr>
 *   <tr><td>73</td><td>a file or the database cannot be made</td></tr>
 *   <tr><td>74</td><td>the disk failed or is full, or the database is damaged</td></tr>
 *   <tr><td>77</td><td>not authsrv's account, or files that are not its own alone</td></tr>
 *   <tr><td>78</td><td>errors in authsrv's lines of the table; the key is missing or another</td></tr>
 * </table>
 *
 * <h2>Configuration</h2>
 *
 * authsrv's lines of the table: {@code directory}, {@code database}, {@code key}, {@code userid},
 * {@code groupid}; and pop3-gw's {@code server}.
 *
 * <h2>Limits</h2>
 *
 * 64 inside servers a user, 100 log lines a user, 64 MiB for a file that is loaded ({@link
 * sallyport.authdb.cli.LoadUsers#MOST_OCTETS}).
 *
 * <h2>Security</h2>
 *
 * Having read the table, authdb becomes authsrv's account ({@link
 * sallyport.daemon.Confinement#becomeAccount}) before it opens anything else; it gives up every
 * group, and makes files for that account alone. Started by any other account but root it refuses.
 * Where the table has no {@code userid}, it works for the owner of the folder and refuses root. So
 * {@code dump FILE} and {@code load FILE} reach what authsrv's account may reach; for the rest
 * there is redirection.
 *
 * <h2>For maintainers</h2>
 *
 * {@link sallyport.authdb.cli.Main} reads the arguments and hands a {@link
 * sallyport.authdb.cli.Desk} to the one class of the command; {@link sallyport.authdb.cli.Place} is
 * what the table says of database, keys and account.
 */
@NullMarked
package sallyport.authdb.cli;

import org.jspecify.annotations.NullMarked;
