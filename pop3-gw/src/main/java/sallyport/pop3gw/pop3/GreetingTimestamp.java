package sallyport.pop3gw.pop3;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sallyport.authdb.protocol.Timestamp;

/** What a greeting has to offer for APOP: exactly one timestamp, anywhere in it, or a fault. */
sealed interface GreetingTimestamp {

  /** One timestamp, with its angle brackets. */
  record Found(String timestamp) implements GreetingTimestamp {}

  /** None that may be answered. */
  record Unfit(InsideFault fault) implements GreetingTimestamp {}

  /**
   * Anything in angle brackets with an {@code @} in it may be meant as one; {@code <a.b.c>} is
   * none. Which of two is meant is a guess that another program would make differently.
   */
  Pattern CANDIDATE = Pattern.compile("<[^<>]*@[^<>]*>");

  static GreetingTimestamp in(String greeting) {
    Matcher matcher = CANDIDATE.matcher(greeting);
    if (!matcher.find()) {
      return new Unfit(InsideFault.NO_TIMESTAMP);
    }
    String candidate = matcher.group();
    if (matcher.find()) {
      return new Unfit(InsideFault.SEVERAL_TIMESTAMPS);
    }
    Optional<Timestamp> timestamp = Timestamp.parse(candidate);
    if (timestamp.isEmpty()) {
      return new Unfit(InsideFault.BAD_TIMESTAMP);
    }
    return timestamp.get().ownMark()
        ? new Unfit(InsideFault.REFLECTED_CHALLENGE)
        : new Found(candidate);
  }
}
