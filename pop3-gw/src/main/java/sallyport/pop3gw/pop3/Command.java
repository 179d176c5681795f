package sallyport.pop3gw.pop3;

import java.util.Optional;
import sallyport.authdb.protocol.SecretText;

/** A command line before login, understood. */
sealed interface Command {

  /** CAPA. */
  record Capa() implements Command {}

  /** NOOP, which RFC 1939 has only behind the login. */
  record Noop() implements Command {}

  /** QUIT. */
  record Quit() implements Command {}

  /** STLS. */
  record Stls() implements Command {}

  /** AUTH alone: which mechanisms are there? */
  record AuthList() implements Command {}

  /** AUTH PLAIN, with the initial response if there is one. */
  record AuthPlain(Optional<SaslPlain> response) implements Command {}

  /** AUTH with another mechanism, or with too many words. */
  record AuthOther() implements Command {}

  /** {@code *} or {@code =}: a line of a SASL exchange, while there is none. */
  record SaslLine() implements Command {}

  /** USER; the login is empty if no name can look like what was typed. */
  record User(Optional<String> login) implements Command {}

  /** PASS; empty if no secret can look like what was typed. */
  record Pass(Optional<SecretText> password) implements Command {}

  /** APOP; either part is empty if it cannot look like that. */
  record Apop(Optional<String> login, Optional<String> digest) implements Command {
    @Override
    public String toString() {
      return "Apop[login=" + login + ", digest=***]";
    }
  }

  /** A line of another protocol. */
  record Foreign(ForeignProtocol protocol) implements Command {}

  /** Anything else; the verb is empty if it is none that a log may show. */
  record Wrong(String verb) implements Command {}
}
