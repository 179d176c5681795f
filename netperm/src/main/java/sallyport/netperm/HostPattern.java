package sallyport.netperm;

import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * A set of hosts as a rule names it: {@code *}, {@code unknown}, an address, a network, or a name.
 * Immutable.
 *
 * <ul>
 *   <li>{@code *} is every host, whatever its name.
 *   <li>{@code unknown} is every host without a name that could be believed.
 *   <li>Digits, dots and {@code *} are an IPv4 pattern, {@code 10.1.*}; a text with {@code /} or
 *       {@code :} is an address or a network.
 *   <li>All else is a name; {@code *} in it stands for any characters, so that {@code
 *       *.example.com} holds every host below example.com, but not example.com itself.
 * </ul>
 */
public final class HostPattern {
  private static final Pattern NUMERIC = Pattern.compile("[0-9.*]+");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_*-]+(\\.[A-Za-z0-9_*-]+)*\\.?");

  private final Kind kind;
  private final String text;

  private HostPattern(Kind kind, String text) {
    this.kind = kind;
    this.text = text;
  }

  private sealed interface Kind {
    record Every() implements Kind {}

    record Unknown() implements Kind {}

    record Addresses(Network network) implements Kind {}

    record Names(Glob glob) implements Kind {}
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is none; the message says what was expected
   */
  public static HostPattern parse(String text) {
    return new HostPattern(kindOf(text), text);
  }

  private static Kind kindOf(String text) {
    if (text.equals("*")) {
      return new Kind.Every();
    }
    if (Ascii.lower(text).equals("unknown")) {
      return new Kind.Unknown();
    }
    if (NUMERIC.matcher(text).matches() || text.indexOf('/') >= 0 || text.indexOf(':') >= 0) {
      return new Kind.Addresses(Network.parse(text));
    }
    if (text.length() > Literals.MAX_DOMAIN || !NAME.matcher(text).matches()) {
      throw new IllegalArgumentException(
          Problem.shown(text)
              + " is no host pattern; expected an address, a network, a name such as"
              + " *.example.com, 'unknown' or '*'");
    }
    return new Kind.Names(new Glob(Ascii.domain(text)));
  }

  /** Whether a host's name must be known before it can be matched. */
  public boolean needsName() {
    return switch (kind) {
      case Kind.Every(), Kind.Addresses(Network _) -> false;
      case Kind.Unknown(), Kind.Names(Glob _) -> true;
    };
  }

  /** Whether a host is in the set; the name counts only if {@link #needsName()}. */
  public boolean matches(InetAddress address, HostName name) {
    return switch (kind) {
      case Kind.Every() -> true;
      case Kind.Addresses(Network network) -> network.contains(address);
      case Kind.Unknown() -> name instanceof HostName.Unknown;
      case Kind.Names(Glob glob) ->
          name instanceof HostName.Known(String known) && glob.matches(known);
    };
  }

  /** Whether hosts of anybody's domain may be in the set by giving themselves a fitting name. */
  boolean holdsAnyDomain() {
    return kind instanceof Kind.Names(Glob glob) && glob.pattern().endsWith("*");
  }

  /** Whether evidently every host of {@code other} is in this set too. */
  boolean covers(HostPattern other) {
    return switch (kind) {
      case Kind.Every() -> true;
      case Kind.Unknown() -> other.kind instanceof Kind.Unknown;
      case Kind.Addresses(Network network) ->
          other.kind instanceof Kind.Addresses(Network inner) && network.covers(inner);
      // A star in the inner pattern is matched as a character, and only by a star of the outer.
      case Kind.Names(Glob glob) ->
          other.kind instanceof Kind.Names(Glob inner) && glob.matches(inner.pattern());
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
