package sallyport.authdb;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The dump of the TIS Firewall Toolkit's and Gauntlet's user database: for each user a blank line
 * and then {@code user=}, {@code longname=}, {@code group=}, {@code pass=}, {@code flags=} (octal),
 * {@code bad_count=}, {@code proto=} (a letter) and {@code last=} (seconds since 1970), a line
 * each.
 *
 * <p>Their passwords are hashes, or keys of a one-time method: APOP needs the secret itself, so
 * none is taken over.
 */
final class FwtkDump {
  private static final String USER = "user";
  private static final Set<String> FIELDS =
      Set.of(USER, "longname", "group", "pass", "flags", "bad_count", "proto", "last");
  private static final Pattern OCTAL = Pattern.compile("[0-7]{1,9}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");
  private static final Pattern LETTER = Pattern.compile("[A-Za-z0-9]");
  private static final int OCTAL_RADIX = 8;
  private static final int SHOWN = 64;

  /** What the bits of {@code flags} mean. */
  private static final int DISABLED = 1;

  private static final Map<Integer, String> OTHER_FLAGS =
      new TreeMap<>(
          Map.of(
              2,
              "flag wizard",
              4,
              "flag group-wizard",
              010,
              "flag sleeping",
              020,
              "flag one-time"));
  private static final int KNOWN_FLAGS = 037;

  private final DumpLines lines;
  private final Map<String, UserEntry> users = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  /** Begins with the line that was read last. */
  FwtkDump(DumpLines lines) {
    this.lines = lines;
  }

  static boolean begins(String line) {
    return line.startsWith(USER + "=");
  }

  Dump.Content read() throws IOException {
    boolean more = true;
    while (more) {
      Map<String, String> fields = new LinkedHashMap<>();
      do {
        field(fields);
        more = lines.next();
      } while (more && !begins(lines.line()));
      user(fields);
    }
    return new Dump.Content(List.copyOf(users.values()), lines.errors(), notes);
  }

  private void field(Map<String, String> fields) {
    String line = lines.line();
    if (line.isBlank()) {
      return;
    }
    int equals = line.indexOf('=');
    String name = equals < 0 ? "" : line.substring(0, equals);
    if (!FIELDS.contains(name)) {
      lines.error("expected one of user= longname= group= pass= flags= bad_count= proto= last=");
    } else if (fields.put(name, line.substring(equals + 1)) != null) {
      lines.error(name + "= is given twice");
    }
  }

  private void user(Map<String, String> fields) {
    String typed = fields.getOrDefault(USER, "").strip();
    Optional<String> name = Names.folded(typed);
    if (name.isEmpty()) {
      note(
          typed,
          "not taken over: a name has up to 64 of a-z 0-9 . _ + - and begins with one of a-z 0-9");
      return;
    }
    if (users.containsKey(name.get())) {
      note(typed, "not taken over: " + name.get() + " is there already");
      return;
    }
    if (users.size() == Dump.MOST_USERS) {
      lines.error("more than " + Dump.MOST_USERS + " users");
      return;
    }
    List<String> lost = new ArrayList<>();
    users.put(name.get(), entry(name.get(), fields, lost));
    String renamed = typed.equals(name.get()) ? "" : "is now " + name.get() + "; ";
    note(typed, renamed + "not taken over: " + String.join(", ", lost));
  }

  private static UserEntry entry(String name, Map<String, String> fields, List<String> lost) {
    boolean disabled = flags(fields, lost);
    String protocol = fields.getOrDefault("proto", "");
    boolean password = !fields.getOrDefault("pass", "").isEmpty();
    String shown = LETTER.matcher(protocol).matches() ? " (protocol " + protocol + ")" : "";
    lost.addFirst(
        password ? "password" + shown : "login method" + shown + ", which had no password");
    return new UserEntry(
        name,
        text(fields, "group", Names.MOST_CHARACTERS, lost),
        text(fields, "longname", Names.MOST_LONG_NAME, lost),
        disabled,
        badCount(fields, lost),
        lastLogin(fields, lost),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private static boolean flags(Map<String, String> fields, List<String> lost) {
    String text = fields.getOrDefault("flags", "0").strip();
    if (!OCTAL.matcher(text).matches()) {
      lost.add("flags, which are not octal: disabled, to be safe");
      return true;
    }
    int flags = Integer.parseInt(text, OCTAL_RADIX);
    OTHER_FLAGS.forEach((bit, what) -> {
      if ((flags & bit) != 0) {
        lost.add(what);
      }
    });
    if ((flags & ~KNOWN_FLAGS) != 0) {
      lost.add("flags " + Integer.toOctalString(flags & ~KNOWN_FLAGS));
    }
    return (flags & DISABLED) != 0;
  }

  private static String text(
      Map<String, String> fields, String field, int most, List<String> lost) {
    StringBuilder kept = new StringBuilder();
    String text = fields.getOrDefault(field, "");
    text.codePoints()
        .filter(c -> Names.isLongName(Character.toString(c)))
        .filter(c -> kept.length() + Character.charCount(c) <= most)
        .forEach(kept::appendCodePoint);
    if (!kept.toString().equals(text)) {
      lost.add("all of " + field);
    }
    return kept.toString();
  }

  private static int badCount(Map<String, String> fields, List<String> lost) {
    String text = fields.getOrDefault("bad_count", "0").strip();
    if (NUMBER.matcher(text).matches()) {
      return Integer.parseInt(text);
    }
    lost.add("bad_count");
    return 0;
  }

  /** Zero is never. */
  private static Optional<Instant> lastLogin(Map<String, String> fields, List<String> lost) {
    String text = fields.getOrDefault("last", "0").strip();
    if (SECONDS.matcher(text).matches()) {
      return Optional.of(Long.parseLong(text)).filter(s -> s > 0).map(Instant::ofEpochSecond);
    }
    lost.add("last login");
    return Optional.empty();
  }

  private void note(String typed, String text) {
    StringBuilder shown = new StringBuilder();
    typed
        .codePoints()
        .limit(SHOWN)
        .forEach(c -> shown.appendCodePoint(c > ' ' && c < 0x7F ? c : '?'));
    Dump.tell(notes, "user " + shown + ": " + text);
  }
}
