package sallyport.authdb.cli;

import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How moments are shown: local time to the second for people, with the offset for programs behind a
 * pipe, UTC in JSON.
 */
final class Times {
  private static final DateTimeFormatter FOR_PEOPLE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final DateTimeFormatter FOR_PROGRAMS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");

  private Times() {}

  static String shown(Instant time, Desk desk) {
    Clock clock = desk.streams().clock();
    return (desk.onTerminal() ? FOR_PEOPLE : FOR_PROGRAMS).format(time.atZone(clock.getZone()));
  }

  static String orNever(Optional<Instant> time, Desk desk) {
    return time.map(known -> shown(known, desk)).orElse("never");
  }

  static @Nullable String json(Optional<Instant> time) {
    return time.map(Instant::toString).orElse(null);
  }
}
