package sallyport.smap.smtp;

import java.time.Duration;

/**
 * The bounds of a session that the rule table may set.
 *
 * @param maxOctets largest message, as it is stored, without our {@code Received:}
 * @param maxRecipients accepted recipients of one message
 * @param maxHops {@code Received:} fields of an arriving message
 * @param softErrors from this many errors on, each refusal is delayed
 * @param hardErrors at this many errors the session ends
 * @param junkCommands commands without mail before each further one counts as an error
 * @param errorDelay how long a refusal is held back beyond {@code softErrors}
 */
public record Limits(
    long maxOctets,
    int maxRecipients,
    int maxHops,
    int softErrors,
    int hardErrors,
    int junkCommands,
    Duration errorDelay) {

  /** The documented defaults: 25 MiB, 100 recipients, 50 hops, 10 and 20 errors, 100 junk, 1 s. */
  public static Limits defaults() {
    return new Limits(25L * 1024 * 1024, 100, 50, 10, 20, 100, Duration.ofSeconds(1));
  }

  /** Refuses bounds that would refuse everything. */
  public Limits {
    if (maxOctets < 1 || maxRecipients < 1 || maxHops < 1) {
      throw new IllegalArgumentException("message limits must be at least 1");
    }
    if (softErrors < 1 || hardErrors < softErrors || junkCommands < 1 || errorDelay.isNegative()) {
      throw new IllegalArgumentException("error limits must be at least 1, soft not above hard");
    }
  }

  /** The same with another largest message. */
  public Limits withMaxOctets(long octets) {
    return new Limits(
        octets, maxRecipients, maxHops, softErrors, hardErrors, junkCommands, errorDelay);
  }

  /** The same with another number of recipients. */
  public Limits withMaxRecipients(int recipients) {
    return new Limits(
        maxOctets, recipients, maxHops, softErrors, hardErrors, junkCommands, errorDelay);
  }

  /** The same with another number of hops. */
  public Limits withMaxHops(int hops) {
    return new Limits(
        maxOctets, maxRecipients, hops, softErrors, hardErrors, junkCommands, errorDelay);
  }
}
