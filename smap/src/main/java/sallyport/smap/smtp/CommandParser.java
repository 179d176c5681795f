package sallyport.smap.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import sallyport.smap.smtp.Command.Fault;
import sallyport.smap.smtp.Command.Verb;

/**
 * Reads a command line. The verb is everything up to the first blank, so {@code DATAxyz} is not
 * DATA. Blanks at the end of a line are ignored, as RFC 5321 section 4.1.1 asks.
 */
final class CommandParser {
  /** Commands that exist elsewhere and are answered 502, so that nobody takes them for typos. */
  private static final Set<String> NOT_OFFERED =
      Set.of(
          "EXPN",
          "ETRN",
          "TURN",
          "ATRN",
          "AUTH",
          "SEND",
          "SOML",
          "SAML",
          "DEBUG",
          "WIZ",
          "KILL",
          "SHOWQ",
          "VERB",
          "ONEX",
          "XCLIENT",
          "XFORWARD",
          "LHLO");

  private static final Pattern VERB = Pattern.compile("[A-Za-z]{1,12}");

  private CommandParser() {}

  static Command parse(byte[] octets) {
    Optional<ForeignProtocol> foreign = ForeignProtocol.recognise(octets, 0, octets.length);
    if (foreign.isPresent()) {
      return new Command.Foreign(foreign.get());
    }
    String line = text(octets).stripTrailing();
    if (line.isEmpty()) {
      return new Command.Faulty(Verb.OTHER, Fault.EMPTY_LINE);
    }
    int blank = line.indexOf(' ');
    String verb = (blank < 0 ? line : line.substring(0, blank)).toUpperCase(Locale.ROOT);
    String argument = blank < 0 ? "" : line.substring(blank + 1);
    if (line.chars().anyMatch(c -> Characters.isControl((char) c))) {
      return new Command.Faulty(verbOf(verb), Fault.CONTROL_CHARACTER);
    }
    return parse(verb, argument);
  }

  /** One character an octet, so that lengths are lengths in octets. */
  static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  /**
   * What the log may show of a command that is neither MAIL nor RCPT: the verb alone, and only if
   * it looks like one, because secrets follow an AUTH, on its line or on lines of their own.
   */
  static String verbForLog(String line) {
    int blank = line.indexOf(' ');
    String verb = blank < 0 ? line : line.substring(0, blank);
    boolean shown = VERB.matcher(verb).matches();
    return shown ? verb : "(" + line.length() + " octets)";
  }

  private static Command parse(String verb, String argument) {
    return switch (verb) {
      case "HELO" -> hello(Greeting.Protocol.SMTP, argument);
      case "EHLO" -> hello(Greeting.Protocol.ESMTP, argument);
      case "MAIL" -> MailParser.mail(argument);
      case "RCPT" -> MailParser.rcpt(argument);
      case "STARTTLS" -> alone(argument, new Command.BeginTls());
      case "DATA" -> alone(argument, new Command.Data());
      case "RSET" -> alone(argument, new Command.Rset());
      case "QUIT" -> alone(argument, new Command.Quit());
      case "NOOP" -> new Command.Noop();
      case "HELP" -> new Command.Help();
      case "VRFY" -> argument.isBlank() ? faulty(Fault.ARGUMENT_MISSING) : new Command.Vrfy();
      case "BDAT" -> new Command.Bdat();
      default -> NOT_OFFERED.contains(verb) ? new Command.NotOffered() : new Command.Unknown();
    };
  }

  /**
   * RFC 5321 wants a domain or an address literal; the world sends anything, and refusing it loses
   * mail from old devices. One visible token is enough here, remembered as what it is: a claim.
   */
  private static Command hello(Greeting.Protocol protocol, String argument) {
    String name = argument.strip();
    if (name.isEmpty()) {
      return faulty(Fault.NO_NAME);
    }
    if (name.length() > Greeting.MAX_NAME || !Characters.areVisible(name)) {
      return faulty(Fault.BAD_NAME);
    }
    return new Command.Hello(new Greeting(protocol, name));
  }

  private static Command alone(String argument, Command command) {
    return argument.isBlank() ? command : faulty(Fault.ARGUMENT_UNWANTED);
  }

  private static Verb verbOf(String verb) {
    return switch (verb) {
      case "MAIL" -> Verb.MAIL;
      case "RCPT" -> Verb.RCPT;
      default -> Verb.OTHER;
    };
  }

  private static Command faulty(Fault fault) {
    return new Command.Faulty(Verb.OTHER, fault);
  }
}
