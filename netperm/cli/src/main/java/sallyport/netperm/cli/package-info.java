/** Placeholder. */
@NullMarked
package sallyport.netperm.cli;

import org.jspecify.annotations.NullMarked;
