/**
 * NAME: netperm, the rule table of Sallyport as a library.
 *
 * <p>SUMMARY: one text file says what every program of the gateway does and whom it serves, one
 * rule a line: {@code application[, application…]: keyword value… [-option value…]}. {@link
 * sallyport.netperm.Table} reads the lines, {@link sallyport.netperm.Settings} turns the keywords
 * of one application into types, {@link sallyport.netperm.HostRules} decides who may connect.
 *
 * <p>GRAMMAR
 *
 * <ul>
 *   <li>The first {@code :} ends the names of the applications, which white space or commas divide;
 *       {@code *} stands for all.
 *   <li>A line whose first character other than white space is {@code #} is a comment. Nowhere else
 *       does {@code #} begin one; as the start of a value it needs quotes.
 *   <li>{@code \} as the last character continues the rule in the next line.
 *   <li>A value in {@code "…"} or {@code '…'} may hold anything but its own quote; {@code \} is no
 *       escape.
 *   <li>{@code permit-} and {@code deny-} before a keyword are kept apart from it.
 *   <li>Options follow the values: {@code -name value…} or {@code -name { a !b }}, where {@code !}
 *       negates. A hyphen before anything but a letter begins a value.
 *   <li>The file is UTF-8; lines end in LF or CR LF.
 * </ul>
 *
 * <p>ORDER: top to bottom. Of a keyword that is read once the first line counts; of host rules the
 * first that matches decides, and no match denies. So what is specific must stand before what is
 * generic; a line that can evidently never count draws a warning.
 *
 * <p>DIAGNOSTICS: every problem is found in one reading and carries {@code file:line}, what is
 * wrong and what was expected. An {@link sallyport.netperm.Severity#ERROR} keeps the daemons that
 * the line names from starting; keywords of old firewall tables draw a warning that names their
 * successor.
 *
 * <p>SECURITY: names are looked up only through {@link sallyport.netperm.NameLookup}, at most once
 * a request, and only when a line is reached that could match by name. A name that does not lead
 * back to its address is {@code unknown}. A rule with a wrong pattern or an unknown option is never
 * read as a wider one.
 *
 * <p>LIMITS: a table of 1 MiB; 1000 syntax problems, then reading stops; domains of 253 characters.
 */
@NullMarked
package sallyport.netperm;

import org.jspecify.annotations.NullMarked;
