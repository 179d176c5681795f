package sallyport.authdb;

import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import sallyport.authdb.UserEntry.InsideEntry;
import sallyport.daemon.Json;

/** The JSON lines of {@link Dump}. */
final class JsonDump {
  private static final String HEADER = "sallyport-users";
  private static final long VERSION = 1;
  private static final String SECRETS = "secrets";
  private static final String SECRET = "secret";
  private static final String SECRET_BASE64 = "secretBase64";
  private static final String NAME = "name";
  private static final String INSIDE = "inside";
  private static final Set<String> MEMBERS =
      Set.of(
          NAME,
          "group",
          "longName",
          "disabled",
          "badCount",
          "lastLogin",
          "lastSource",
          "created",
          "secretChanged",
          SECRET,
          SECRET_BASE64,
          INSIDE);
  private static final Set<String> INSIDE_MEMBERS = Set.of(NAME, SECRET, SECRET_BASE64);
  private static final Pattern SOURCE =
      Pattern.compile("[\\x21-\\x7E]{1," + LoginRecord.MOST_SOURCE + "}");
  private static final Pattern SHOWN = Pattern.compile("[A-Za-z0-9_-]{1,30}");

  private final DumpLines lines;
  private final Map<String, UserEntry> users = new LinkedHashMap<>();
  private final Map<String, Integer> where = new HashMap<>();

  /** Begins with the line that was read last. */
  JsonDump(DumpLines lines) {
    this.lines = lines;
  }

  static void write(List<UserEntry> users, Dump.Secrets secrets, Writer to) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put(HEADER, VERSION);
    header.put(SECRETS, secrets == Dump.Secrets.IN_CLEAR);
    to.write(Json.of(header) + "\n");
    for (UserEntry user : users) {
      to.write(Json.of(members(user, secrets)) + "\n");
    }
  }

  private static Map<String, Object> members(UserEntry user, Dump.Secrets secrets) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put(NAME, user.name());
    members.put("group", user.group());
    members.put("longName", user.longName());
    members.put("disabled", user.disabled());
    members.put("badCount", user.badCount());
    user.lastLogin().ifPresent(time -> members.put("lastLogin", time));
    user.lastSource().ifPresent(source -> members.put("lastSource", source));
    user.created().ifPresent(time -> members.put("created", time));
    user.secretChanged().ifPresent(time -> members.put("secretChanged", time));
    putSecret(members, user.front(), secrets);
    Map<String, Object> inside = new LinkedHashMap<>();
    user.inside()
        .forEach((server, entry) -> {
          Map<String, Object> mapped = new LinkedHashMap<>();
          entry.name().ifPresent(name -> mapped.put(NAME, name));
          putSecret(mapped, entry.secret(), secrets);
          inside.put(server, mapped);
        });
    members.put(INSIDE, inside);
    return members;
  }

  private static void putSecret(
      Map<String, Object> members, Optional<Secret> secret, Dump.Secrets secrets) {
    if (secret.isEmpty() || secrets == Dump.Secrets.LEFT_OUT) {
      return;
    }
    byte[] octets = secret.get().octets();
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
      members.put(SECRET, text.toString());
    } catch (CharacterCodingException _) {
      members.put(SECRET_BASE64, Base64.getEncoder().encodeToString(octets));
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  Dump.Content read() throws IOException {
    if (header()) {
      while (lines.next()) {
        if (!lines.line().isBlank()) {
          line();
        }
      }
    }
    return new Dump.Content(List.copyOf(users.values()), lines.errors(), List.of());
  }

  private boolean header() {
    try {
      Map<String, Object> header = JsonObject.parse(lines.line());
      Object version = header.get(HEADER);
      if (version == null) {
        lines.error("expected {\"" + HEADER + "\": 1} first, or a dump of the toolkit");
      } else if (!version.equals(VERSION)) {
        lines.error("a dump of another version; expected \"" + HEADER + "\": " + VERSION);
      } else {
        return true;
      }
    } catch (IllegalArgumentException _) {
      lines.error("not a dump of users");
    }
    return false;
  }

  private void line() {
    try {
      UserEntry user = user(JsonObject.parse(lines.line()));
      Integer before = where.putIfAbsent(user.name(), lines.number());
      if (before != null) {
        lines.error("user " + user.name() + " is on line " + before + " already");
      } else if (users.size() == Dump.MOST_USERS) {
        lines.error("more than " + Dump.MOST_USERS + " users");
      } else {
        users.put(user.name(), user);
      }
    } catch (IllegalArgumentException e) {
      lines.error(String.valueOf(e.getMessage()));
    }
  }

  private static UserEntry user(Map<String, Object> members) {
    refuseOthers(members, MEMBERS);
    String typed = text(members, NAME).orElseThrow(() -> wrong(NAME, "expected one"));
    String name =
        Names.folded(typed).orElseThrow(() -> wrong(NAME, "not what a user may be called"));
    return new UserEntry(
        name,
        text(members, "group").orElse(""),
        text(members, "longName").orElse(""),
        member(members, "disabled", Boolean.class, "true or false").orElse(false),
        badCount(members),
        time(members, "lastLogin"),
        lastSource(members),
        time(members, "created"),
        time(members, "secretChanged"),
        secret(members),
        inside(members));
  }

  private static Map<String, InsideEntry> inside(Map<String, Object> members) {
    Map<String, InsideEntry> inside = new TreeMap<>();
    Object servers = members.getOrDefault(INSIDE, Map.of());
    if (!(servers instanceof Map<?, ?> map)) {
      throw wrong(INSIDE, "expected an object");
    }
    for (Map.Entry<?, ?> server : map.entrySet()) {
      String name =
          Names.folded(String.valueOf(server.getKey()))
              .orElseThrow(() -> wrong(INSIDE, "not what a server may be called"));
      if (!(server.getValue() instanceof Map<?, ?> mapped)) {
        throw wrong(INSIDE, "expected an object for each server");
      }
      inside.put(name, mapped(mapped));
    }
    return inside;
  }

  private static InsideEntry mapped(Map<?, ?> untyped) {
    Map<String, Object> members = new LinkedHashMap<>();
    untyped.forEach((name, value) -> members.put(String.valueOf(name), value));
    refuseOthers(members, INSIDE_MEMBERS);
    return new InsideEntry(text(members, NAME), secret(members));
  }

  private static void refuseOthers(Map<String, Object> members, Set<String> known) {
    for (String name : members.keySet()) {
      if (!known.contains(name)) {
        String shown = SHOWN.matcher(name).matches() ? name : "with other characters";
        throw new IllegalArgumentException("unknown member " + shown);
      }
    }
  }

  private static Optional<String> lastSource(Map<String, Object> members) {
    Optional<String> source = text(members, "lastSource");
    if (source.isPresent() && !SOURCE.matcher(source.get()).matches()) {
      throw wrong("lastSource", "expected an address");
    }
    return source;
  }

  private static int badCount(Map<String, Object> members) {
    long count = member(members, "badCount", Long.class, "a whole number").orElse(0L);
    return Math.clamp(count, 0, Integer.MAX_VALUE);
  }

  private static Optional<Secret> secret(Map<String, Object> members) {
    Optional<String> text = text(members, SECRET);
    Optional<String> base64 = text(members, SECRET_BASE64);
    if (text.isPresent() && base64.isPresent()) {
      throw wrong(SECRET, "given twice");
    }
    byte[] octets = new byte[0];
    try {
      if (text.isEmpty() && base64.isEmpty()) {
        return Optional.empty();
      }
      octets = text.isPresent() ? encoded(text.get()) : Base64.getDecoder().decode(base64.get());
      return Optional.of(Secret.of(octets));
    } catch (CharacterCodingException | IllegalArgumentException _) {
      throw wrong(SECRET, "empty, too long, or of characters that a secret must not hold");
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  private static byte[] encoded(String text) throws CharacterCodingException {
    ByteBuffer octets = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    byte[] copy = new byte[octets.remaining()];
    octets.get(copy);
    return copy;
  }

  private static Optional<Instant> time(Map<String, Object> members, String name) {
    try {
      return text(members, name)
          .map(text -> Instant.ofEpochMilli(Instant.parse(text).toEpochMilli()));
    } catch (DateTimeException | ArithmeticException _) {
      throw wrong(name, "expected a time such as 2026-11-22T08:00:00Z");
    }
  }

  private static Optional<String> text(Map<String, Object> members, String name) {
    return member(members, name, String.class, "a text");
  }

  private static <T> Optional<T> member(
      Map<String, Object> members, String name, Class<T> type, String expected) {
    Object value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw wrong(name, "expected " + expected);
    }
    return Optional.of(type.cast(value));
  }

  private static IllegalArgumentException wrong(String member, String what) {
    return new IllegalArgumentException(member + ": " + what);
  }
}
