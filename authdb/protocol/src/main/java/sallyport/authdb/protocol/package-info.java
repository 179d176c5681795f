/** What a gateway and authsrv say to each other. */
@NullMarked
package sallyport.authdb.protocol;

import org.jspecify.annotations.NullMarked;
