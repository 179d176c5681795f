/**
 * Writes the manual pages while the distribution is built; no part of it. What a page says stands
 * in the {@code package-info} of the program, in {@code docs/}, and in the program's own help.
 */
@NullMarked
package sallyport.manual;

import org.jspecify.annotations.NullMarked;
