package sallyport.pop3gw.pop3;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sallyport.pop3gw.pop3.Reply.Code;
import sallyport.pop3gw.pop3.Reply.Status;

/**
 * Every reply there is. Nothing the client sent goes into one, and nothing about what stands behind
 * the gateway; our own name, the texts of the table and the challenge do.
 */
final class Replies {
  private Replies() {}

  // ---- greeting

  static Reply greeting(String welcome, Optional<String> challenge) {
    return Reply.ok(welcome + challenge.map(text -> " " + text).orElse(""));
  }

  static Reply notPermitted(String denial) {
    return Reply.error(Code.NONE, denial);
  }

  static Reply overloaded() {
    return Reply.error(Code.SYS_TEMP, "Too many sessions, try again later");
  }

  static Reply unavailable() {
    return Reply.error(Code.SYS_TEMP, "Logins are not possible now, try again later");
  }

  // ---- before login

  /**
   * USER stands for USER and PASS, and SASL PLAIN is the same in one line: both are there only if
   * offered at this moment. STLS is there before it has been said, and never again. TOP and UIDL
   * are the inside server's; RFC 2449 lets them be announced before login, and most clients ask
   * only then. PIPELINING would be a promise for the inside server, which we do not know. UTF8 too.
   */
  static Reply capabilities(Policy policy, Transport transport) {
    List<String> list = new ArrayList<>(List.of("TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE"));
    if (policy.offers(LoginMethod.PASS, transport)) {
      list.add("USER");
      list.add("SASL PLAIN");
    }
    if (transport.offersStls()) {
      list.add("STLS");
    }
    return new Reply(Status.OK, Code.NONE, "Capability list follows", list);
  }

  static Reply noop() {
    return Reply.ok("");
  }

  static Reply userNamed() {
    return Reply.ok("Send PASS");
  }

  static Reply startTls() {
    return Reply.ok("Begin TLS now");
  }

  static Reply sentAhead() {
    return Reply.error(Code.NONE, "Nothing may be sent behind STLS, closing connection");
  }

  /** For a bare AUTH, which no RFC has, but mail programs. */
  static Reply mechanisms() {
    return new Reply(Status.OK, Code.NONE, "Mechanisms follow", List.of("PLAIN"));
  }

  static Reply sendResponse() {
    return Reply.more();
  }

  static Reply exchangeAborted() {
    return Reply.error(Code.NONE, "The exchange is aborted");
  }

  static Reply otherMechanism() {
    return Reply.error(Code.NONE, "Of SASL mechanisms only PLAIN is offered here");
  }

  static Reply noMechanism() {
    return Reply.error(Code.NONE, "No SASL mechanism is offered here");
  }

  static Reply noExchange() {
    return Reply.error(Code.NONE, "No exchange is under way");
  }

  static Reply goodbye(String hostname) {
    return Reply.ok(hostname + " closing connection");
  }

  // ---- login

  static Reply loggedIn() {
    return Reply.ok("Logged in");
  }

  /** The one answer to credentials that are refused, whatever the cause. */
  static Reply authenticationFailed() {
    return Reply.error(Code.AUTH, "authentication failed");
  }

  static Reply inside(InsideTrouble trouble) {
    return switch (trouble) {
      case DOWN -> Reply.error(Code.SYS_TEMP, "The mailbox cannot be reached, try again later");
      case IN_USE -> Reply.error(Code.IN_USE, "The mailbox is in use by another session");
      case LOGIN_DELAY -> Reply.error(Code.LOGIN_DELAY, "The mailbox was opened a short while ago");
      case CREDENTIALS, NO_SECRET ->
          Reply.error(Code.SYS_PERM, "The mailbox cannot be opened, tell the administrator");
    };
  }

  // ---- refusals that end the session

  static Reply wrongCommand() {
    return Reply.error(Code.NONE, "Not a command before login, closing connection");
  }

  static Reply notOffered() {
    return Reply.error(Code.NONE, "This way to log in is not offered here, closing connection");
  }

  static Reply stlsFirst() {
    return Reply.error(Code.NONE, "Not without TLS, send STLS first, closing connection");
  }

  static Reply alreadyTls() {
    return Reply.error(Code.NONE, "TLS is active already, closing connection");
  }

  static Reply userFirst() {
    return Reply.error(Code.NONE, "Send USER first, closing connection");
  }

  static Reply tooManyCommands() {
    return Reply.error(Code.NONE, "Too many commands without a login, closing connection");
  }

  static Reply lineTooLong() {
    return Reply.error(Code.NONE, "Line too long, closing connection");
  }

  static Reply bareLineEnd() {
    return Reply.error(Code.NONE, "Lines end with CR LF, closing connection");
  }

  static Reply notPop3() {
    return Reply.error(Code.NONE, "This port speaks POP3 only, closing connection");
  }

  static Reply timedOut() {
    return Reply.error(Code.SYS_TEMP, "No command in time, closing connection");
  }

  static Reply evicted() {
    return Reply.error(Code.SYS_TEMP, "Too many sessions, closing this one, try again later");
  }

  static Reply shuttingDown() {
    return Reply.error(Code.SYS_TEMP, "Going down, try again later");
  }
}
