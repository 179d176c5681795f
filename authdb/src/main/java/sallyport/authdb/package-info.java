/** The user database: records, and secrets at rest. */
@NullMarked
package sallyport.authdb;

import org.jspecify.annotations.NullMarked;
