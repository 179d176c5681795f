/** Placeholder. */
@NullMarked
package sallyport.smap;

import org.jspecify.annotations.NullMarked;
