/**
 * The user database.
 *
 * <h2>Name</h2>
 *
 * sallyport.authdb - users, their secrets at rest, and what became of their logins
 *
 * <h2>Summary</h2>
 *
 * A {@link UserDatabase} is one SQLite file and one folder of keys. The command {@code authdb} and
 * the daemon {@code authsrv} have it open at the same time. Secrets lie in it sealed, by
 * AES-256-GCM (NIST SP 800-38D) with a key of the folder; user name, NUL and {@link Purpose} are
 * additional data, so that a seal opens for nobody and nothing else. {@link Dump} turns users into
 * text and back.
 *
 * <h2>Files</h2>
 *
 * <table>
 *   <caption>All belong to authsrv's account; whatever others can reach is refused</caption>
 *   <tr><td>{@code users.db}</td><td>0600</td><td>the tables below</td></tr>
 *   <tr><td>{@code users.db-wal}, {@code -shm}</td><td>0600</td><td>SQLite's: part of the database
 *       while they are there</td></tr>
 *   <tr><td>{@code users.db.new}</td><td>0600</td><td>a database that is being made</td></tr>
 *   <tr><td>{@code users.db.lock}</td><td>0600</td><td>held while one is made; empty</td></tr>
 *   <tr><td>{@code keys/}</td><td>0700</td><td></td></tr>
 *   <tr><td>{@code keys/ID.key}</td><td>0400</td><td>64 hexadecimal digits and a line end; ID is 16
 *       of them and no secret</td></tr>
 *   <tr><td>{@code keys/ID.key.new}</td><td>0400</td><td>a key that is being made</td></tr>
 * </table>
 *
 * The folder of the database is ours, and nobody else may write it. A backup is the key folder, and
 * a copy of the database made by {@code sqlite3 users.db ".backup FILE"}, or of all its files while
 * nothing has it open. Neither is of use without the other: keep them apart.
 *
 * <h2>Tables</h2>
 *
 * <table>
 *   <caption>Version 1; all statements are in {@code Sql}</caption>
 *   <tr><td>{@code current_key}</td><td>one row: the key that seals, and a proof sealed with it, by
 *       which a wrong key file is known</td></tr>
 *   <tr><td>{@code users}</td><td>name, group, long name, disabled, wrong logins, sleeping until, last
 *       login and source, created, secret changed, and how often unlocked</td></tr>
 *   <tr><td>{@code secrets}</td><td>by user and purpose: key id, seal, and until when it
 *       counts</td></tr>
 *   <tr><td>{@code inside}</td><td>by user and server: the name there</td></tr>
 *   <tr><td>{@code pairs}</td><td>by user and source network: wrong logins, sleeping until, last
 *       login</td></tr>
 *   <tr><td>{@code logins}</td><td>the last logins and refusals of each user</td></tr>
 * </table>
 *
 * <h2>What it promises</h2>
 *
 * <ul>
 *   <li>A change is one transaction, begun {@code IMMEDIATE} and forced to disk (write-ahead log,
 *       {@code synchronous=FULL}): it is done when the method returns, or not at all.
 *   <li>Nobody undoes another's work. A change touches its own columns only; what authsrv counts
 *       names a user by an id that is never given again, and is dropped if the user was unlocked
 *       since.
 *   <li>There is never a new key beside an old database, nor a new database beside old keys.
 *   <li>A secret has at least one octet, and a seal that holds none is damage: an empty stored
 *       secret, which let everybody in at the toolkit's authsrv, lets in nobody.
 *   <li>What is not as it should be is a {@link DatabaseTrouble} of one line.
 * </ul>
 *
 * <h2>After a crash</h2>
 *
 * <table>
 *   <caption>What each step leaves, and what then happens</caption>
 *   <tr><td>making: key folder made</td><td>no database; the next try makes one</td></tr>
 *   <tr><td>{@code users.db.new} made, whole or not</td><td>its key was never put away: the next try
 *       makes it anew</td></tr>
 *   <tr><td>key made</td><td>the next try sees that the two belong together, and gives the database
 *       its name</td></tr>
 *   <tr><td>database named</td><td>done</td></tr>
 *   <tr><td>rotation: new key made</td><td>the old one seals; the new one is never used, and may be
 *       removed</td></tr>
 *   <tr><td>within the transaction</td><td>as before it</td></tr>
 *   <tr><td>after it</td><td>done; the old key is of use for older backups only</td></tr>
 *   <tr><td>any other change</td><td>SQLite takes what was committed from its log</td></tr>
 * </table>
 *
 * Keys without a database, or the log of a database that is gone, are refused with what to do:
 * those no interruption of ours leaves.
 *
 * <h2>Dumps</h2>
 *
 * A dump is JSON lines, described in {@link Dump}. Secrets are in it, in clear, only if it was
 * asked for. To load one adds users, and gives those who are there what it holds: it removes no
 * user, no secret and no server. A dump of the TIS Firewall Toolkit is read, too. Its passwords are
 * hashes or keys of one-time methods, of which APOP can make nothing: its users come without a
 * secret, and cannot log in until they have one.
 *
 * <h2>Security</h2>
 *
 * <ul>
 *   <li>Who has the database without the keys has names, groups, addresses and times of logins, and
 *       the length of each secret; who has both, or is authsrv's account, has every secret. APOP
 *       needs them in clear, which is why they should be generated, and good for mail only.
 *   <li>Who can write the database without the keys can remove and disable users, exchange a secret
 *       for an earlier one of the same user and purpose, and read the log; he cannot make a secret.
 *   <li>What is removed or sealed anew is overwritten in the database ({@code secure_delete}); a
 *       rotation empties the write-ahead log. A disk and a backup may remember it.
 *   <li>A {@link Secret} is wiped when it is closed; the Java library's copies within a cipher are
 *       not ours to wipe. A text that was read from a dump stays until the heap is tidied: commands
 *       are short-lived.
 *   <li>No message, log line or {@code toString} holds a secret, a key or a seal; the driver's own
 *       log is shut.
 * </ul>
 *
 * <h2>Jail</h2>
 *
 * {@link UserDatabase#rehearse} loads SQLite's library, through a folder of its own under {@code
 * java.io.tmpdir} that is gone afterwards, and works once with all of it. After that a database
 * within the jail can be opened, by a path from {@code /} or from the working folder. SQLite keeps
 * temporary tables in memory and needs no other folder.
 *
 * <h2>Limits</h2>
 *
 * <table>
 *   <caption>Bounds</caption>
 *   <tr><td>{@link Names#MOST_CHARACTERS}</td><td>64 characters a name or group</td></tr>
 *   <tr><td>{@link Names#MOST_LONG_NAME}</td><td>255 characters a long name</td></tr>
 *   <tr><td>{@link Secret#MOST_OCTETS}</td><td>255 octets a secret</td></tr>
 *   <tr><td>{@link UserDatabase#PREVIOUS_KEPT}</td><td>14 days a replaced secret is known</td></tr>
 *   <tr><td>{@link UserDatabase#LOG_KEPT}</td><td>100 logins and refusals a user; twice as many in
 *       the file</td></tr>
 *   <tr><td>{@link UserDatabase#PAIRS_KEPT}</td><td>64 sources a user</td></tr>
 *   <tr><td>{@link UserDatabase#INSIDE_MOST}</td><td>64 inside servers a user</td></tr>
 *   <tr><td>{@link UserDatabase#BUSY_BOUND}</td><td>5 s a write waits for another process</td></tr>
 *   <tr><td>{@code KeyFiles.MOST_KEYS}</td><td>1,000 keys in the folder</td></tr>
 *   <tr><td>{@link Dump#MOST_USERS}</td><td>1,000,000 users in a dump</td></tr>
 *   <tr><td>{@link Dump#MOST_LINE}</td><td>65,536 characters a line of it</td></tr>
 * </table>
 *
 * <h2>Needs</h2>
 *
 * Linux; a local file system with hard links and POSIX locks (SQLite's write-ahead log does not
 * work over a network); {@code --enable-native-access}.
 */
@NullMarked
package sallyport.authdb;

import org.jspecify.annotations.NullMarked;
