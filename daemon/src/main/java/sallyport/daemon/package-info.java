/**
 * The process around a protocol.
 *
 * <h2>Name</h2>
 *
 * sallyport.daemon - command line, start, confinement, listening, limits, log and end of a daemon
 *
 * <h2>Summary</h2>
 *
 * A {@link Program} names itself and reads its keywords; {@link DaemonCommand#run} is the whole of
 * its {@code main}. What it makes of the table is a {@link Service}, which {@link Lifecycle} takes
 * through its life:
 *
 * <pre>
 *   table read, every problem said      (exit 78 if one is an error, 66 if there is no table)
 *   root, or not?                       root without userid: exit 78; not root, and userid is
 *                                       another account: exit 77
 *   prepare     as root                 binds, reads files; everything that serving will touch is
 *                                       touched once (Rehearsal)
 *   confine     for ever                chroot, groups, gid, uid; each thread checked (Confinement);
 *                                       no core file, hidden memory, the filter of calls (CallFilter)
 *   confined    as the account          opens what lies in the jail
 *   serve                               log line {@code ready}
 *   drain       on SIGTERM, -INT, -HUP  30 seconds at most; a second signal cuts
 *   close                               5 seconds at most; exit 0
 * </pre>
 *
 * Under jsvc {@code init} is all up to {@code confined}, then {@code start}, {@code stop} (drain)
 * and {@code destroy} (close).
 *
 * <h2>What it promises</h2>
 *
 * <ul>
 *   <li>Root never serves. A daemon that was started as root serves only after the kernel has
 *       shown, for every thread, the account's four user and group ids, no group, no capability,
 *       and the jail as root and working folder; and that no folder outside is open.
 *   <li>After that nobody asks the C library for a name or an account. Names come from the servers
 *       of the table (or of resolv.conf as it was), by UDP, and from the hosts file as it was.
 *   <li>A place given by {@link Admission} is given back exactly once. A session in the midst of
 *       something is never ended for another's sake.
 *   <li>A log line is never lost while the output takes what it is given, and never more than a
 *       line.
 *   <li>What nobody caught ends the process with code 70 and a log line.
 * </ul>
 *
 * <h2>Security</h2>
 *
 * What a captured process can still do, confined as above, whatever the daemon:
 *
 * <ul>
 *   <li>read, change and delete what the account may in the jail; serve strangers in our name on
 *       the listeners that are open; write anything to the log;
 *   <li>read what its own open files hold: the program's jars, and the log if standard error is a
 *       file that was opened for reading;
 *   <li>what {@link Service#outgoing} grants, wherever the host's firewall lets this account, on
 *       loopback too. With {@link Outgoing#NOTHING} a filter in the kernel refuses every thread to
 *       make or connect a socket; with {@link Outgoing#DATAGRAMS} it lets UDP through, and cannot
 *       see when an accepted connection is disconnected and connected anew; with {@link
 *       Outgoing#CONNECTIONS} nothing new can listen. Where connections are granted, keep services
 *       that trust loopback away from this host, or filter by account;
 *   <li>send signals to other processes of the same account: give each daemon its own;
 *   <li>use memory, processor and descriptors up to what the service manager grants, and {@link
 *       Confinement#MAX_THREADS} threads.
 * </ul>
 *
 * It cannot become root or another account, leave the jail, start a program, trace a process, or
 * leave a core file. Every thread has {@code no_new_privs}. What is refused, and which test shows
 * it, stands in {@code docs/security.md}. A jail of kind {@link Jail#ACCOUNT_ONLY} has none of this
 * but the account. A daemon that was not started as root is {@code unconfined}, and its first log
 * line says so.
 *
 * <h2>Limits</h2>
 *
 * <table>
 *   <caption>Bounds</caption>
 *   <tr><td>{@link Lifecycle#DRAIN_BOUND}</td><td>30 s to finish</td></tr>
 *   <tr><td>{@link ServiceManager#SCHEDULING_BOUND}</td><td>10 s for a virtual thread to run; beyond
 *       that, and while {@link Service#ailing} names something, the service manager's watchdog hears
 *       nothing</td></tr>
 *   <tr><td>{@link EventLog#MAX_WAITING_OCTETS}</td><td>512 KiB of log wait; then callers do</td></tr>
 *   <tr><td>{@link EventLog#MAX_LINE_OCTETS}</td><td>32 KiB a log line</td></tr>
 *   <tr><td>{@link EventLog#MAX_VALUE_OCTETS}</td><td>1,024 characters a value in it</td></tr>
 *   <tr><td>{@link Listeners#BACKLOG}</td><td>511 connections wait to be accepted</td></tr>
 *   <tr><td>{@link Admission#CROWDED_PERCENT}</td><td>80 % of the places: crowded</td></tr>
 *   <tr><td>{@link Admission#leavingAtOnce}</td><td>evicted sessions on their way out</td></tr>
 *   <tr><td>{@link sallyport.daemon.tls}</td><td>handshakes, records, sessions to resume</td></tr>
 *   <tr><td>{@link DnsNames#TOTAL_TIME}</td><td>5 s for one name, all questions together</td></tr>
 *   <tr><td>{@link DnsNames#CACHED}</td><td>1,000 names kept for 60 s</td></tr>
 *   <tr><td>{@link KernelPipe#OCTETS}</td><td>1 MiB in a pipe</td></tr>
 *   <tr><td>{@link Descriptors}</td><td>65,536 descriptors looked through for one</td></tr>
 *   <tr><td>{@link DaemonConfig#MAX_NAMESERVERS}</td><td>8 name servers</td></tr>
 * </table>
 *
 * The JDK knows no socket for IPv4 only: {@code listen 0.0.0.0:25} serves IPv6 as well, and cannot
 * stand beside {@code listen [::]:25}. One {@code listen 25} does for both.
 *
 * <h2>Diagnostics</h2>
 *
 * Log lines and their fields: {@code docs/log.md}. Exit codes: {@link ExitCode}. Before there is a
 * log, one line on standard error: {@code program: what}, or {@code file:line: error: what} for
 * each problem of the table.
 *
 * <h2>Needs</h2>
 *
 * Linux with {@code /proc} and glibc (it carries set*id to all threads); {@code
 * --enable-native-access} for the calls in {@code Kernel}; the module {@code jdk.unsupported} for
 * signals; all classes in jars.
 *
 * <h2>Configuration</h2>
 *
 * {@code hostname}, {@code userid}, {@code groupid}, {@code directory}, {@code nameserver}: {@link
 * DaemonConfig}.
 */
@NullMarked
package sallyport.daemon;

import org.jspecify.annotations.NullMarked;
