/** Placeholder. */
@NullMarked
package sallyport.netperm;

import org.jspecify.annotations.NullMarked;
