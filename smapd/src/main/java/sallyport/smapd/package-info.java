/** Placeholder. */
@NullMarked
package sallyport.smapd;

import org.jspecify.annotations.NullMarked;
