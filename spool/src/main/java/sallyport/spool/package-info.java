/** The files that smap writes and smapd reads. */
@NullMarked
package sallyport.spool;

import org.jspecify.annotations.NullMarked;
