/** Placeholder. */
@NullMarked
package sallyport.transcript;

import org.jspecify.annotations.NullMarked;
