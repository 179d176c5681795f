/** The POP3 gateway. */
@NullMarked
package sallyport.pop3gw;

import org.jspecify.annotations.NullMarked;
