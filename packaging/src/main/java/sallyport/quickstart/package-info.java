/** The program behind {@code ./quickstart}; not part of the distribution. */
@NullMarked
package sallyport.quickstart;

import org.jspecify.annotations.NullMarked;
