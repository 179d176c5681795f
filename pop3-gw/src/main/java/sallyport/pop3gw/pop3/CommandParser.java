package sallyport.pop3gw.pop3;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import sallyport.authdb.protocol.SecretText;

/**
 * Reads a command line before login.
 *
 * <pre>
 * command  = keyword *( SP argument )         ; RFC 2449 section 4
 * apop     = "APOP" SP name SP digest         ; RFC 1939 section 7
 * digest   = 32( DIGIT / "a"-"f" / "A"-"F" )  ; RFC 1939 says lower case, clients do not
 * pass     = "PASS" SP secret                 ; the rest of the line, blanks included
 * auth     = "AUTH" [ SP mechanism [ SP ( base64 / "=" ) ] ]     ; RFC 5034 section 4
 * </pre>
 *
 * <p>Blanks behind a command that takes no argument are let pass. The keyword is everything up to
 * the first blank, so {@code QUITxyz} is not QUIT.
 */
final class CommandParser {
  /**
   * What the log may show of a command that is wrong: a keyword of a mail protocol. Anything else
   * may be a secret that was typed, or sent as a line of a SASL exchange.
   */
  private static final Set<String> KEYWORDS =
      Set.of(
          ("APOP AUTH CAPA CAPABILITY DATA DELE HELP LANG LIST LOGIN MAIL NOOP PASS QUIT RCPT RETR"
                  + " RPOP RSET STARTTLS STAT STLS TOP UIDL USER UTF8 XTND")
              .split(" "));

  /** Octets that authsrv takes for a secret. */
  private static final int MAX_SECRET = 255;

  private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{32}");

  private CommandParser() {}

  static Command parse(byte[] octets) {
    String line = Characters.text(octets);
    int blank = line.indexOf(' ');
    String verb = Characters.upperCase(blank < 0 ? line : line.substring(0, blank));
    String argument = blank < 0 ? "" : line.substring(blank + 1);
    Optional<Command> foreign =
        ForeignProtocol.recognise(line, verb).map(protocol -> new Command.Foreign(protocol));
    return foreign.orElseGet(() -> parse(verb, argument));
  }

  private static Command parse(String verb, String argument) {
    return switch (verb) {
      case "CAPA" -> alone(verb, argument, new Command.Capa());
      case "NOOP" -> alone(verb, argument, new Command.Noop());
      case "QUIT" -> alone(verb, argument, new Command.Quit());
      case "STLS" -> alone(verb, argument, new Command.Stls());
      case "AUTH" -> auth(argument.strip());
      case "*", "=" -> alone(verb, argument, new Command.SaslLine());
      case "USER" -> new Command.User(login(argument));
      case "PASS" -> new Command.Pass(password(argument));
      case "APOP" -> apop(argument);
      default -> wrong(verb);
    };
  }

  private static Command alone(String verb, String argument, Command command) {
    return argument.isBlank() ? command : wrong(verb);
  }

  private static Command wrong(String verb) {
    return new Command.Wrong(KEYWORDS.contains(verb) ? verb : "");
  }

  private static Command auth(String argument) {
    if (argument.isEmpty()) {
      return new Command.AuthList();
    }
    String[] words = argument.split(" ", -1);
    if (words.length > 2 || !Characters.upperCase(words[0]).equals("PLAIN")) {
      return new Command.AuthOther();
    }
    return new Command.AuthPlain(
        words.length == 1 ? Optional.empty() : Optional.of(SaslPlain.decode(words[1])));
  }

  private static Command apop(String argument) {
    int blank = argument.lastIndexOf(' ');
    return blank < 0
        ? new Command.Apop(Optional.empty(), Optional.empty())
        : new Command.Apop(
            login(argument.substring(0, blank)), digest(argument.substring(blank + 1)));
  }

  private static Optional<String> digest(String typed) {
    return DIGEST.matcher(typed).matches()
        ? Optional.of(typed.toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  /** What cannot go into a log, a map or a query is nobody's name. */
  static Optional<String> login(String typed) {
    return !typed.isEmpty() && Characters.areVisible(typed) ? Optional.of(typed) : Optional.empty();
  }

  /** What authsrv takes for a secret. */
  static Optional<SecretText> password(String typed) {
    return typed.isEmpty() || typed.length() > MAX_SECRET || typed.indexOf('\0') >= 0
        ? Optional.empty()
        : Optional.of(new SecretText(typed));
  }
}
