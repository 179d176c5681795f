/**
 * NAME: smap - takes in mail by SMTP.
 *
 * @see sallyport.smap.smtp
 */
@NullMarked
package sallyport.smap;

import org.jspecify.annotations.NullMarked;
