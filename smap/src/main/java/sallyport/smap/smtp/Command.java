package sallyport.smap.smtp;

import java.util.OptionalLong;

/** A command line, understood. */
sealed interface Command {

  /** HELO or EHLO. */
  record Hello(Greeting greeting) implements Command {}

  /** MAIL; a declared size beyond any number is {@link Long#MAX_VALUE}. */
  record Mail(Sender sender, OptionalLong declaredOctets, BodyType body) implements Command {}

  /** RCPT. */
  record Rcpt(Recipient recipient) implements Command {}

  /** STARTTLS, alone on its line. */
  record BeginTls() implements Command {}

  /** DATA, alone on its line. */
  record Data() implements Command {}

  /** RSET. */
  record Rset() implements Command {}

  /** NOOP, whatever stands behind it. */
  record Noop() implements Command {}

  /** VRFY of anything. */
  record Vrfy() implements Command {}

  /** HELP, with anything. */
  record Help() implements Command {}

  /** QUIT. */
  record Quit() implements Command {}

  /** BDAT: octets follow that are no commands. */
  record Bdat() implements Command {}

  /** A line of another protocol. */
  record Foreign(ForeignProtocol protocol) implements Command {}

  /** A command that exists but is not offered here: EXPN, ETRN, AUTH and more. */
  record NotOffered() implements Command {}

  /** No command at all. */
  record Unknown() implements Command {}

  /** A known command with a fault in it. */
  record Faulty(Verb verb, Fault fault) implements Command {}

  /** Which command a fault belongs to. */
  enum Verb {
    MAIL,
    RCPT,
    OTHER
  }

  /** What can be wrong with a command; {@link Replies} has an answer for each. */
  enum Fault {
    EMPTY_LINE,
    CONTROL_CHARACTER,
    NO_NAME,
    BAD_NAME,
    ARGUMENT_MISSING,
    ARGUMENT_UNWANTED,
    BAD_SENDER,
    LONG_SENDER,
    DANGEROUS_SENDER,
    BAD_RECIPIENT,
    LONG_RECIPIENT,
    DANGEROUS_RECIPIENT,
    RELAY_FORM,
    EIGHT_BIT_ADDRESS,
    SMTPUTF8,
    BAD_PARAMETER,
    UNKNOWN_PARAMETER,
    BAD_SIZE,
    BAD_BODY
  }
}
