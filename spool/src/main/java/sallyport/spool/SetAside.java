package sallyport.spool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file in {@code bad/}.
 *
 * @param name its name there
 * @param id the message in it; null for a file that holds no single message of ours: a damaged
 *     batch, or something foreign
 * @param reason why it is there, at most {@link #MAX_REASON} characters, as it was written: may
 *     hold line ends; empty if nothing says why
 * @param since when it was written, to the second at least
 * @param size octets of the file
 */
public record SetAside(String name, @Nullable QueueId id, String reason, Instant since, long size) {
  /** Characters of a reason that are read. */
  public static final int MAX_REASON = 2000;

  /** Whether it can be taken back. */
  public boolean isMessage() {
    return id != null;
  }
}
