/**
 * The command that checks and explains the table.
 *
 * <h2>Name</h2>
 *
 * netperm - checks the rule table and explains what it decides
 *
 * <h2>Synopsis</h2>
 *
 * <pre>
 * netperm check [FILE] [--json]
 * netperm explain APP --from ADDRESS[/NAME] [--user USER]
 *         [--dest DESTINATION] [--json]
 * </pre>
 *
 * <p>{@code -t}, {@code --table FILE} names the table, {@code /etc/sallyport/netperm-table} if
 * absent.
 *
 * <h2>Summary</h2>
 *
 * {@code check} reads every line for every program that the table names, with the daemons' own
 * readers, and then compares what only the table as a whole can tell: one {@code directory} for
 * smap and smapd, one set of local domains, a way for all mail that smap takes, names of programs
 * and keywords that nobody has. {@code explain} judges one connection and shows the line that
 * decides and, for each line before it, why it does not match. It asks no name server: a host has
 * the name that {@code --from} gives it, or is {@code unknown}.
 *
 * <h2>Output</h2>
 *
 * On a terminal in columns, to a pipe {@code file:line: …} lines. With {@code --json} one object:
 *
 * <pre>
 * check:   {"table": FILE, "errors": N, "warnings": N, "problems":
 *           [{"file": FILE, "line": N, "severity": "error"|"warning",
 *             "applications": [APP…], "text": TEXT}…]}
 * explain: {"table": FILE, "application": APP, "address": ADDRESS,
 *           "name": NAME|null, "user": USER|null,
 *           "destination": DESTINATION|null, "permitted": true|false,
 *           "decides": {"line": N, "text": LINE, "because": TEXT}|null,
 *           "passed": [{"line": N, "text": LINE, "because": TEXT}…]}
 * </pre>
 *
 * <p>Line 0 is the table as a whole.
 *
 * <h2>Diagnostics</h2>
 *
 * Exit code 0 if the table has no error, or the host is permitted; 1 if the host is denied; 64 for
 * wrong arguments; 66 if the table cannot be read; 78 for errors in the table, for {@code explain}
 * in the host rules of that program.
 */
@NullMarked
package sallyport.netperm.cli;

import org.jspecify.annotations.NullMarked;
