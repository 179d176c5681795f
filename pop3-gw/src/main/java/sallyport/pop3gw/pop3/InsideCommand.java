package sallyport.pop3gw.pop3;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import sallyport.authdb.protocol.SecretText;

/**
 * A command line for an inside server. It may hold a digest or a secret, so it shows only its verb.
 */
public final class InsideCommand {
  /** Longest line with its CR LF, RFC 2449 section 4. */
  static final int MAX_LINE_OCTETS = 255;

  private final String verb;
  private final String argument;

  private InsideCommand(String verb, String argument) {
    this.verb = verb;
    this.argument = argument;
  }

  /** Which capabilities are there? */
  static InsideCommand capa() {
    return new InsideCommand("CAPA", "");
  }

  /** Begin TLS. */
  static InsideCommand stls() {
    return new InsideCommand("STLS", "");
  }

  /** Empty if the name cannot be an argument. */
  static Optional<InsideCommand> apop(String name, String digest) {
    return isName(name) ? checked("APOP", name + " " + digest) : Optional.empty();
  }

  /** Empty if the name cannot be an argument. */
  static Optional<InsideCommand> user(String name) {
    return isName(name) ? checked("USER", name) : Optional.empty();
  }

  /** Empty if the secret could break out of the line, or is too long for one. */
  static Optional<InsideCommand> pass(SecretText secret) {
    String text = secret.reveal();
    boolean oneLine = text.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0);
    return oneLine && !text.isEmpty() ? checked("PASS", text) : Optional.empty();
  }

  private static boolean isName(String name) {
    return !name.isEmpty() && Characters.areVisible(name);
  }

  private static Optional<InsideCommand> checked(String verb, String argument) {
    return verb.length() + 1 + argument.length() + 2 <= MAX_LINE_OCTETS
        ? Optional.of(new InsideCommand(verb, argument))
        : Optional.empty();
  }

  /** The octets for the wire, CR LF included; the caller wipes them if it likes. */
  public byte[] octets() {
    String line = argument.isEmpty() ? verb : verb + " " + argument;
    return (line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return argument.isEmpty() ? verb : verb + " ***";
  }
}
