/** The POP3 protocol core of pop3-gw. */
@NullMarked
package sallyport.pop3gw.pop3;

import org.jspecify.annotations.NullMarked;
