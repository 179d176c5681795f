package sallyport.smap.smtp;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sallyport.smap.smtp.Command.Fault;
import sallyport.smap.smtp.Command.Verb;
import sallyport.smap.smtp.PathParser.Parsed;

/**
 * Reads the arguments of MAIL and RCPT.
 *
 * <pre>
 *   mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
 *   rcpt = "RCPT TO:" ( "&lt;Postmaster@" Domain "&gt;" / "&lt;Postmaster&gt;" / Forward-path )
 *          [SP Rcpt-parameters] CRLF
 *   Mail-parameters = esmtp-param *(SP esmtp-param)
 *   esmtp-param     = esmtp-keyword ["=" esmtp-value]
 *   esmtp-keyword   = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
 *   esmtp-value     = 1*(%d33-60 / %d62-126)                          (RFC 5321 section 4.1.1)
 * </pre>
 *
 * Departure: one blank behind the colon is taken, because the world sends it.
 */
final class MailParser {
  /** RFC 1870: a size has at most 20 digits. */
  private static final int MAX_SIZE_DIGITS = 20;

  private final Set<String> seen = new HashSet<>();
  private OptionalLong size = OptionalLong.empty();
  private BodyType body = BodyType.SEVEN_BIT;

  private MailParser() {}

  static Command mail(String argument) {
    if (!startsWith(argument, "FROM:")) {
      return mailFault(Fault.BAD_SENDER);
    }
    return switch (PathParser.parse(path(argument, "FROM:"))) {
      case Parsed.Empty(String rest) -> mail(new Sender.Null(), rest);
      case Parsed.BarePostmaster ignored -> mailFault(Fault.BAD_SENDER);
      case Parsed.Address(Mailbox mailbox, String rest) ->
          LocalParts.isDangerous(mailbox.localPart())
              ? mailFault(Fault.DANGEROUS_SENDER)
              : mail(new Sender.From(mailbox), rest);
      case Parsed.Wrong(PathParser.Reason reason) ->
          mailFault(
              switch (reason) {
                case SYNTAX -> Fault.BAD_SENDER;
                case TOO_LONG -> Fault.LONG_SENDER;
                case EIGHT_BIT -> Fault.EIGHT_BIT_ADDRESS;
              });
    };
  }

  private static Command mail(Sender sender, String rest) {
    if (!rest.isEmpty() && rest.charAt(0) != ' ') {
      return mailFault(Fault.BAD_SENDER);
    }
    return new MailParser().parameters(sender, rest);
  }

  private Command parameters(Sender sender, String rest) {
    for (String parameter : rest.split(" ", -1)) {
      Command wrong = parameter.isEmpty() ? null : parameter(parameter);
      if (wrong != null) {
        return wrong;
      }
    }
    return new Command.Mail(sender, size, body);
  }

  private @Nullable Command parameter(String parameter) {
    int equals = parameter.indexOf('=');
    String keyword = equals < 0 ? parameter : parameter.substring(0, equals);
    String value = equals < 0 ? "" : parameter.substring(equals + 1);
    if (!isKeyword(keyword) || !Characters.areVisible(value) || value.indexOf('=') >= 0) {
      return mailFault(Fault.BAD_PARAMETER);
    }
    keyword = keyword.toUpperCase(Locale.ROOT);
    if (!seen.add(keyword)) {
      return mailFault(Fault.BAD_PARAMETER);
    }
    return switch (keyword) {
      case "SIZE" -> size(value);
      case "BODY" -> body(value);
      case "SMTPUTF8" -> mailFault(Fault.SMTPUTF8);
      default -> mailFault(Fault.UNKNOWN_PARAMETER);
    };
  }

  /** {@code size-value ::= 1*20DIGIT}, RFC 1870. */
  private @Nullable Command size(String value) {
    if (value.isEmpty()
        || value.length() > MAX_SIZE_DIGITS
        || !value.chars().allMatch(c -> Characters.isDigit((char) c))) {
      return mailFault(Fault.BAD_SIZE);
    }
    BigInteger octets = new BigInteger(value);
    size = OptionalLong.of(octets.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
    return null;
  }

  private @Nullable Command body(String value) {
    switch (value.toUpperCase(Locale.ROOT)) {
      case "7BIT" -> body = BodyType.SEVEN_BIT;
      case "8BITMIME" -> body = BodyType.EIGHT_BIT;
      default -> {
        return mailFault(Fault.BAD_BODY);
      }
    }
    return null;
  }

  static Command rcpt(String argument) {
    if (!startsWith(argument, "TO:")) {
      return rcptFault(Fault.BAD_RECIPIENT);
    }
    return switch (PathParser.parse(path(argument, "TO:"))) {
      case Parsed.Empty ignored -> rcptFault(Fault.BAD_RECIPIENT);
      case Parsed.BarePostmaster(String rest) -> rcpt(new Recipient.Postmaster(), rest);
      case Parsed.Address(Mailbox mailbox, String rest) -> rcpt(mailbox, rest);
      case Parsed.Wrong(PathParser.Reason reason) ->
          rcptFault(
              switch (reason) {
                case SYNTAX -> Fault.BAD_RECIPIENT;
                case TOO_LONG -> Fault.LONG_RECIPIENT;
                case EIGHT_BIT -> Fault.EIGHT_BIT_ADDRESS;
              });
    };
  }

  private static Command rcpt(Mailbox mailbox, String rest) {
    if (LocalParts.isDangerous(mailbox.localPart())) {
      return rcptFault(Fault.DANGEROUS_RECIPIENT);
    }
    if (LocalParts.isRelayForm(mailbox.localPart())) {
      return rcptFault(Fault.RELAY_FORM);
    }
    if (mailbox.localPart().length() > LocalParts.MAX_RECIPIENT_LOCAL_PART) {
      return rcptFault(Fault.LONG_RECIPIENT);
    }
    return rcpt(new Recipient.To(mailbox), rest);
  }

  private static Command rcpt(Recipient recipient, String rest) {
    if (!rest.isEmpty() && rest.charAt(0) != ' ') {
      return rcptFault(Fault.BAD_RECIPIENT);
    }
    if (rest.isBlank()) {
      return new Command.Rcpt(recipient);
    }
    String keyword = rest.strip().split("[ =]", 2)[0];
    return rcptFault(isKeyword(keyword) ? Fault.UNKNOWN_PARAMETER : Fault.BAD_PARAMETER);
  }

  private static boolean startsWith(String argument, String word) {
    return argument.regionMatches(true, 0, word, 0, word.length());
  }

  private static String path(String argument, String word) {
    int start = word.length();
    return argument.substring(argument.startsWith(" ", start) ? start + 1 : start);
  }

  private static boolean isKeyword(String text) {
    return !text.isEmpty()
        && text.charAt(0) != '-'
        && text.chars().allMatch(c -> c == '-' || Characters.isLetterOrDigit((char) c));
  }

  private static Command mailFault(Fault fault) {
    return new Command.Faulty(Verb.MAIL, fault);
  }

  private static Command rcptFault(Fault fault) {
    return new Command.Faulty(Verb.RCPT, fault);
  }
}
