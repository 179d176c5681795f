/** Placeholder. */
@NullMarked
package sallyport.packaging;

import org.jspecify.annotations.NullMarked;
