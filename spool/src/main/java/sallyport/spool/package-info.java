/** Placeholder. */
@NullMarked
package sallyport.spool;

import org.jspecify.annotations.NullMarked;
