package sallyport.authdb.protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a gateway asks authsrv. A record checks its fields: an {@link IllegalArgumentException} is a
 * mistake of the caller, not of a stranger, and never holds the value. No {@code toString} shows a
 * secret, a digest or a grant.
 */
public sealed interface Request {
  /** Names the request among those that are outstanding: 1 to 16 of {@code 0-9a-f}. */
  String tag();

  /** Octets of an address literal. */
  int MAX_SOURCE = 45;

  /** The line without its LF. */
  String line();

  /** What a line without its LF asks; empty if it breaks the grammar in any way. */
  static Optional<Request> parse(String line) {
    return Wire.split(line).flatMap(Request::of);
  }

  private static Optional<Request> of(List<String> words) {
    if (words.size() < 2) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(
          switch (words.get(1) + " " + (words.size() - 2)) {
            case "challenge 0" -> new Challenge(words.get(0));
            case "verify 4" ->
                new Verify(words.get(0), words.get(2), words.get(3), words.get(4), words.get(5));
            case "password 3" ->
                new Password(
                    words.get(0), words.get(2), new SecretText(words.get(3)), words.get(4));
            case "deny 3" -> new Deny(words.get(0), words.get(2), words.get(3), words.get(4));
            case "respond 2" -> new Respond(words.get(0), words.get(2), words.get(3));
            case "secret 1" -> new Secret(words.get(0), words.get(2));
            default -> null;
          });
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** How authsrv wants a client's address: a literal without scope. */
  static String source(InetAddress address) {
    String text = address.getHostAddress();
    int scope = address instanceof Inet6Address ? text.indexOf('%') : -1;
    return scope < 0 ? text : text.substring(0, scope);
  }

  private static void checkSource(String source) {
    Wire.require(source.length() <= MAX_SOURCE && source.indexOf('%') < 0, "source");
    Wire.require(InetAddress.ofLiteral(source) != null, "source");
  }

  private static StringBuilder start(String tag, String verb) {
    return new StringBuilder(160).append(tag).append(' ').append(verb);
  }

  /** Asks for a front challenge. */
  record Challenge(String tag) implements Request {
    /** Checks the tag. */
    public Challenge {
      Wire.require(Wire.isTag(tag), "tag");
    }

    @Override
    public String line() {
      return start(tag, "challenge").toString();
    }
  }

  /**
   * A front login by APOP.
   *
   * @param login as the user typed it, at most {@link Wire#MAX_LOGIN} octets
   * @param challenge the whole front challenge
   * @param digest 32 lower-case hex digits
   * @param source the client's address
   */
  record Verify(String tag, String login, String challenge, String digest, String source)
      implements Request {
    /** Checks every field. */
    public Verify {
      Wire.require(Wire.isTag(tag), "tag");
      Wire.require(Wire.isOctets(login, Wire.MAX_LOGIN), "login");
      Wire.require(Wire.isOctets(challenge, Wire.MAX_CHALLENGE), "challenge");
      Wire.require(Wire.isDigest(digest), "digest");
      checkSource(source);
    }

    @Override
    public String line() {
      StringBuilder line = start(tag, "verify");
      Wire.append(line, login);
      Wire.append(line, challenge);
      Wire.append(line, digest);
      Wire.append(line, source);
      return line.toString();
    }

    @Override
    public String toString() {
      return "Verify[tag=" + tag + ", login=" + login + ", source=" + source + "]";
    }
  }

  /**
   * A front login by PASS.
   *
   * @param login as the user typed it, at most {@link Wire#MAX_LOGIN} octets
   * @param source the client's address
   */
  record Password(String tag, String login, SecretText secret, String source) implements Request {
    /** Checks every field. */
    public Password {
      Wire.require(Wire.isTag(tag), "tag");
      Wire.require(Wire.isOctets(login, Wire.MAX_LOGIN), "login");
      checkSource(source);
    }

    @Override
    public String line() {
      StringBuilder line = start(tag, "password");
      Wire.append(line, login);
      Wire.append(line, secret.reveal());
      Wire.append(line, source);
      return line.toString();
    }
  }

  /**
   * The gateway's own rules refuse a login: authsrv holds it back like any refusal.
   *
   * @param login as the user typed it, at most {@link Wire#MAX_LOGIN} octets
   * @param source the client's address
   * @param reason for the log, at most {@link Wire#MAX_REASON} octets
   */
  record Deny(String tag, String login, String source, String reason) implements Request {
    /** Checks every field. */
    public Deny {
      Wire.require(Wire.isTag(tag), "tag");
      Wire.require(Wire.isOctets(login, Wire.MAX_LOGIN), "login");
      Wire.require(Wire.isOctets(reason, Wire.MAX_REASON), "reason");
      checkSource(source);
    }

    @Override
    public String line() {
      StringBuilder line = start(tag, "deny");
      Wire.append(line, login);
      Wire.append(line, source);
      Wire.append(line, reason);
      return line.toString();
    }
  }

  /**
   * Asks for the digest that an inside server wants.
   *
   * @param grant of a login
   * @param timestamp as the inside server gave it, at most {@link Timestamp#MAX_OCTETS} octets;
   *     authsrv judges it
   */
  record Respond(String tag, String grant, String timestamp) implements Request {
    /** Checks every field. */
    public Respond {
      Wire.require(Wire.isTag(tag), "tag");
      Wire.require(Wire.isGrant(grant), "grant");
      Wire.require(Wire.isOctets(timestamp, Timestamp.MAX_OCTETS), "timestamp");
    }

    @Override
    public String line() {
      StringBuilder line = start(tag, "respond");
      Wire.append(line, grant);
      Wire.append(line, timestamp);
      return line.toString();
    }

    @Override
    public String toString() {
      return "Respond[tag=" + tag + ", timestamp=" + timestamp + "]";
    }
  }

  /**
   * Asks for the user's own secret for an inside server that has no APOP.
   *
   * @param grant of a login
   */
  record Secret(String tag, String grant) implements Request {
    /** Checks every field. */
    public Secret {
      Wire.require(Wire.isTag(tag), "tag");
      Wire.require(Wire.isGrant(grant), "grant");
    }

    @Override
    public String line() {
      StringBuilder line = start(tag, "secret");
      Wire.append(line, grant);
      return line.toString();
    }

    @Override
    public String toString() {
      return "Secret[tag=" + tag + "]";
    }
  }
}
