package sallyport.pop3gw.pop3;

import java.util.Optional;
import sallyport.authdb.protocol.SecretText;
import sallyport.pop3gw.pop3.InsideAction.Failed;
import sallyport.pop3gw.pop3.InsideAction.Ready;
import sallyport.pop3gw.pop3.InsideState.AnsweringLogin;
import sallyport.pop3gw.pop3.InsideState.AnsweringUser;
import sallyport.pop3gw.pop3.InsideState.Digesting;
import sallyport.pop3gw.pop3.InsideState.Fetching;
import sallyport.pop3gw.pop3.InsideState.Greeting;
import sallyport.pop3gw.pop3.InsideState.Over;

/**
 * The gateway's login at an inside server as a pure function. It believes the server nothing:
 * whatever is not exactly one line at its time ends the attempt, and no octet of the server's goes
 * anywhere but the timestamp to authsrv.
 */
public final class InsideDialogue {
  /** Longest line of the server without its CR LF; with it, RFC 2449 section 4 allows 512. */
  public static final int MAX_LINE_OCTETS = 510;

  private final LoginMethod method;
  private final String name;

  /**
   * A login.
   *
   * @param method how it is done there; there is no other way when it fails
   * @param name the user's name there, as authsrv gave it
   */
  public InsideDialogue(LoginMethod method, String name) {
    this.method = method;
    this.name = name;
  }

  /**
   * One step.
   *
   * @throws IllegalStateException when the driver gives an input that this state cannot have, such
   *     as a line while authsrv is being asked
   */
  public InsideStep on(InsideState state, InsideInput input) {
    return switch (state) {
      case Greeting waiting -> reading(waiting, input);
      case AnsweringUser waiting -> reading(waiting, input);
      case AnsweringLogin waiting -> reading(waiting, input);
      case Digesting waiting -> asking(waiting, input);
      case Fetching waiting -> asking(waiting, input);
      case Over ignored -> throw misuse(state, input);
    };
  }

  private InsideStep reading(InsideState state, InsideInput input) {
    return switch (input) {
      case InsideInput.Line line -> line(state, line);
      case InsideInput.LineTooLong ignored -> failed(InsideFault.LINE_TOO_LONG);
      case InsideInput.BareLineEnd ignored -> failed(InsideFault.BARE_LINE_END);
      case InsideInput.TimedOut ignored -> failed(InsideFault.SILENT);
      case InsideInput.EndOfInput ignored -> failed(InsideFault.CLOSED);
      case InsideInput.Digest wrong -> throw misuse(state, wrong);
      case InsideInput.Secret wrong -> throw misuse(state, wrong);
      case InsideInput.Refused wrong -> throw misuse(state, wrong);
      case InsideInput.Unavailable wrong -> throw misuse(state, wrong);
    };
  }

  /** Whatever the server sent behind a line was sent before it was asked for. */
  private InsideStep line(InsideState state, InsideInput.Line line) {
    InsideReply reply = InsideReply.of(Characters.text(line.octets()));
    if (reply.status() == InsideReply.Status.NEITHER) {
      return failed(InsideFault.NOT_POP3);
    }
    if (reply.status() == InsideReply.Status.ERR) {
      return failed(state instanceof Greeting ? InsideFault.REFUSED_CONNECTION : reply.refusal());
    }
    if (line.followed()) {
      return failed(InsideFault.SPOKE_AHEAD);
    }
    return switch (state) {
      case Greeting ignored -> greeted(reply.line());
      case AnsweringUser ignored -> new InsideStep(new Fetching(), new InsideAction.AskSecret());
      case AnsweringLogin ignored -> new InsideStep(new Over(), new Ready());
      case Digesting wrong -> throw misuse(wrong, line);
      case Fetching wrong -> throw misuse(wrong, line);
      case Over wrong -> throw misuse(wrong, line);
    };
  }

  private InsideStep greeted(String greeting) {
    if (!Characters.arePrintable(greeting)) {
      return failed(InsideFault.BAD_GREETING);
    }
    return switch (method) {
      case APOP ->
          switch (GreetingTimestamp.in(greeting)) {
            case GreetingTimestamp.Found(String timestamp) ->
                new InsideStep(new Digesting(), new InsideAction.AskDigest(timestamp));
            case GreetingTimestamp.Unfit(InsideFault fault) -> failed(fault);
          };
      case PASS -> send(new AnsweringUser(), InsideCommand.user(name));
    };
  }

  private InsideStep asking(InsideState state, InsideInput input) {
    return switch (input) {
      case InsideInput.Digest(String hex, boolean followed) when state instanceof Digesting ->
          followed
              ? failed(InsideFault.SPOKE_AHEAD)
              : send(new AnsweringLogin(), InsideCommand.apop(name, hex));
      case InsideInput.Secret(SecretText text, boolean followed) when state instanceof Fetching ->
          followed
              ? failed(InsideFault.SPOKE_AHEAD)
              : send(new AnsweringLogin(), InsideCommand.pass(text));
      case InsideInput.Refused ignored ->
          failed(
              state instanceof Digesting ? InsideFault.TIMESTAMP_REFUSED : InsideFault.NO_SECRET);
      case InsideInput.Unavailable ignored -> failed(InsideFault.NO_AUTHSRV);
      case InsideInput.TimedOut ignored -> failed(InsideFault.NO_AUTHSRV);
      case InsideInput.EndOfInput ignored -> failed(InsideFault.CLOSED);
      case InsideInput.Digest wrong -> throw misuse(state, wrong);
      case InsideInput.Secret wrong -> throw misuse(state, wrong);
      case InsideInput.Line wrong -> throw misuse(state, wrong);
      case InsideInput.LineTooLong wrong -> throw misuse(state, wrong);
      case InsideInput.BareLineEnd wrong -> throw misuse(state, wrong);
    };
  }

  private static InsideStep send(InsideState next, Optional<InsideCommand> command) {
    return command
        .map(line -> new InsideStep(next, new InsideAction.Send(line)))
        .orElseGet(() -> failed(InsideFault.UNSENDABLE));
  }

  private static InsideStep failed(InsideFault fault) {
    return new InsideStep(new Over(), new Failed(fault));
  }

  private static IllegalStateException misuse(InsideState state, InsideInput input) {
    return new IllegalStateException(
        input.getClass().getSimpleName() + " cannot come in " + state.getClass().getSimpleName());
  }
}
