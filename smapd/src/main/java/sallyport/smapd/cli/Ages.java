package sallyport.smapd.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import sallyport.daemon.Usage;

/**
 * How old messages are to be: {@code 4h} at least, {@code 0-4h} at most, {@code 1h-2d} between.
 * Units s, m, h, d, w.
 */
record Ages(Optional<Duration> least, Optional<Duration> most) {

  /** Reads one. */
  static final class Reader implements ITypeConverter<Ages> {
    private static final Pattern FORM =
        Pattern.compile("(0|[0-9]{1,6}[smhdw])(?:-([0-9]{1,6}[smhdw]))?");

    @Override
    public Ages convert(String typed) {
      Matcher form = FORM.matcher(typed);
      if (!form.matches()) {
        throw Usage.expected(typed, "an age such as 4h, 0-30m or 1d-5d");
      }
      Duration least = duration(form.group(1));
      return new Ages(
          least.isZero() ? Optional.empty() : Optional.of(least),
          Optional.ofNullable(form.group(2)).map(Reader::duration));
    }

    private static Duration duration(String typed) {
      if (typed.equals("0")) {
        return Duration.ZERO;
      }
      long count = Long.parseLong(typed.substring(0, typed.length() - 1));
      return switch (typed.charAt(typed.length() - 1)) {
        case 's' -> Duration.ofSeconds(count);
        case 'm' -> Duration.ofMinutes(count);
        case 'h' -> Duration.ofHours(count);
        case 'd' -> Duration.ofDays(count);
        default -> Duration.ofDays(7 * count);
      };
    }
  }
}
