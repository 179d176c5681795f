/** Placeholder. */
@NullMarked
package sallyport.daemon;

import org.jspecify.annotations.NullMarked;
