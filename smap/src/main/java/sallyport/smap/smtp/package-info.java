/** The SMTP protocol core: input values in, actions out, nothing else. */
@NullMarked
package sallyport.smap.smtp;

import org.jspecify.annotations.NullMarked;
