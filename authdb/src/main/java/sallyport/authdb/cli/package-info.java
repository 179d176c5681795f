/** The command authdb. */
@NullMarked
package sallyport.authdb.cli;

import org.jspecify.annotations.NullMarked;
