/** What {@code lib/make-caches} runs: the peers of smap and smapd while these are recorded. */
@NullMarked
package sallyport.rehearsal;

import org.jspecify.annotations.NullMarked;
