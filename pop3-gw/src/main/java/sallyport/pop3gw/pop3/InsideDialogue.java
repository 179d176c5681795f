package sallyport.pop3gw.pop3;

import java.util.Optional;
import sallyport.authdb.protocol.SecretText;
import sallyport.pop3gw.pop3.InsideAction.Failed;
import sallyport.pop3gw.pop3.InsideAction.Ready;
import sallyport.pop3gw.pop3.InsideState.AnsweringLogin;
import sallyport.pop3gw.pop3.InsideState.AnsweringStls;
import sallyport.pop3gw.pop3.InsideState.AnsweringUser;
import sallyport.pop3gw.pop3.InsideState.AskingCapabilities;
import sallyport.pop3gw.pop3.InsideState.Digesting;
import sallyport.pop3gw.pop3.InsideState.Fetching;
import sallyport.pop3gw.pop3.InsideState.Greeting;
import sallyport.pop3gw.pop3.InsideState.Listing;
import sallyport.pop3gw.pop3.InsideState.Over;
import sallyport.pop3gw.pop3.InsideState.Securing;

/**
 * The gateway's login at an inside server as a pure function. It believes the server nothing:
 * whatever is not exactly one line at its time ends the attempt, and no octet of the server's goes
 * anywhere but the timestamp to authsrv.
 */
public final class InsideDialogue {
  /** Longest line of the server without its CR LF; with it, RFC 2449 section 4 allows 512. */
  public static final int MAX_LINE_OCTETS = 510;

  /** Lines of a list of capabilities; servers have about ten. */
  public static final int MAX_CAPABILITIES = 100;

  private static final String STLS = "STLS";
  private static final String END_OF_LIST = ".";

  private final LoginMethod method;
  private final String name;
  private final InsideStls stls;

  /**
   * A login.
   *
   * @param method how it is done there; there is no other way when it fails
   * @param name the user's name there, as authsrv gave it
   * @param stls whether it begins with STLS
   */
  public InsideDialogue(LoginMethod method, String name, InsideStls stls) {
    this.method = method;
    this.name = name;
    this.stls = stls;
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
      case AskingCapabilities waiting -> reading(waiting, input);
      case Listing waiting -> reading(waiting, input);
      case AnsweringStls waiting -> reading(waiting, input);
      case Securing waiting -> securing(waiting, input);
      case AnsweringUser waiting -> reading(waiting, input);
      case AnsweringLogin waiting -> reading(waiting, input);
      case Digesting waiting -> asking(waiting, input);
      case Fetching waiting -> asking(waiting, input);
      case Over ignored -> throw misuse(state, input);
    };
  }

  private InsideStep reading(InsideState state, InsideInput input) {
    return switch (input) {
      case InsideInput.Line line when state instanceof Listing listing -> listed(listing, line);
      case InsideInput.Line line -> line(state, line);
      case InsideInput.LineTooLong ignored -> failed(InsideFault.LINE_TOO_LONG);
      case InsideInput.BareLineEnd ignored -> failed(InsideFault.BARE_LINE_END);
      case InsideInput.TimedOut ignored -> failed(InsideFault.SILENT);
      case InsideInput.EndOfInput ignored -> failed(InsideFault.CLOSED);
      case InsideInput.Digest wrong -> throw misuse(state, wrong);
      case InsideInput.Secret wrong -> throw misuse(state, wrong);
      case InsideInput.Refused wrong -> throw misuse(state, wrong);
      case InsideInput.Unavailable wrong -> throw misuse(state, wrong);
      case InsideInput.TlsStarted wrong -> throw misuse(state, wrong);
      case InsideInput.TlsFailed wrong -> throw misuse(state, wrong);
    };
  }

  /** Whatever the server sent behind a line was sent before it was asked for. */
  private InsideStep line(InsideState state, InsideInput.Line line) {
    InsideReply reply = InsideReply.of(Characters.text(line.octets()));
    if (reply.status() == InsideReply.Status.NEITHER) {
      return failed(InsideFault.NOT_POP3);
    }
    if (reply.status() == InsideReply.Status.ERR) {
      return refused(state, reply, line.followed());
    }
    return line.followed() && !(state instanceof AskingCapabilities)
        ? failed(InsideFault.SPOKE_AHEAD)
        : accepted(state, reply);
  }

  private InsideStep refused(InsideState state, InsideReply reply, boolean followed) {
    return switch (state) {
      case Greeting ignored -> failed(InsideFault.REFUSED_CONNECTION);
      case AskingCapabilities asking -> withoutTls(asking.timestamp(), followed);
      case AnsweringStls ignored when stls == InsideStls.ALWAYS -> failed(InsideFault.NO_TLS);
      case AnsweringStls asked -> withoutTls(asked.timestamp(), followed);
      case AnsweringUser ignored -> failed(reply.refusal());
      case AnsweringLogin ignored -> failed(reply.refusal());
      case Listing wrong -> throw misuse(wrong);
      case Securing wrong -> throw misuse(wrong);
      case Digesting wrong -> throw misuse(wrong);
      case Fetching wrong -> throw misuse(wrong);
      case Over wrong -> throw misuse(wrong);
    };
  }

  private InsideStep withoutTls(Optional<String> timestamp, boolean followed) {
    return followed ? failed(InsideFault.SPOKE_AHEAD) : login(timestamp);
  }

  private InsideStep accepted(InsideState state, InsideReply reply) {
    return switch (state) {
      case Greeting ignored -> greeted(reply.line());
      case AskingCapabilities asking ->
          new InsideStep(new Listing(asking.timestamp(), 0, false), new InsideAction.Read());
      case AnsweringStls asked ->
          new InsideStep(new Securing(asked.timestamp()), new InsideAction.StartTls());
      case AnsweringUser ignored -> new InsideStep(new Fetching(), new InsideAction.AskSecret());
      case AnsweringLogin ignored -> new InsideStep(new Over(), new Ready());
      case Listing wrong -> throw misuse(wrong);
      case Securing wrong -> throw misuse(wrong);
      case Digesting wrong -> throw misuse(wrong);
      case Fetching wrong -> throw misuse(wrong);
      case Over wrong -> throw misuse(wrong);
    };
  }

  /** A line of the list, which is as bounded as all lines are, and ends with its dot alone. */
  private InsideStep listed(Listing state, InsideInput.Line line) {
    String capability = Characters.text(line.octets());
    if (capability.equals(END_OF_LIST)) {
      return line.followed() ? failed(InsideFault.SPOKE_AHEAD) : capabilitiesKnown(state);
    }
    if (state.lines() >= MAX_CAPABILITIES) {
      return failed(InsideFault.TOO_MANY_CAPABILITIES);
    }
    boolean found = state.stls() || Characters.upperCase(capability.strip()).equals(STLS);
    return new InsideStep(
        new Listing(state.timestamp(), state.lines() + 1, found), new InsideAction.Read());
  }

  private InsideStep capabilitiesKnown(Listing state) {
    return state.stls() ? startTls(state.timestamp()) : login(state.timestamp());
  }

  private static InsideStep startTls(Optional<String> timestamp) {
    return new InsideStep(
        new AnsweringStls(timestamp), new InsideAction.Send(InsideCommand.stls()));
  }

  private InsideStep securing(Securing state, InsideInput input) {
    return switch (input) {
      case InsideInput.TlsStarted ignored -> login(state.timestamp());
      case InsideInput.TlsFailed ignored -> failed(InsideFault.TLS_FAILED);
      case InsideInput.TimedOut ignored -> failed(InsideFault.SILENT);
      case InsideInput.EndOfInput ignored -> failed(InsideFault.CLOSED);
      case InsideInput.Line wrong -> throw misuse(state, wrong);
      case InsideInput.LineTooLong wrong -> throw misuse(state, wrong);
      case InsideInput.BareLineEnd wrong -> throw misuse(state, wrong);
      case InsideInput.Digest wrong -> throw misuse(state, wrong);
      case InsideInput.Secret wrong -> throw misuse(state, wrong);
      case InsideInput.Refused wrong -> throw misuse(state, wrong);
      case InsideInput.Unavailable wrong -> throw misuse(state, wrong);
    };
  }

  private InsideStep greeted(String greeting) {
    if (!Characters.arePrintable(greeting)) {
      return failed(InsideFault.BAD_GREETING);
    }
    return switch (method) {
      case APOP ->
          switch (GreetingTimestamp.in(greeting)) {
            case GreetingTimestamp.Found(String timestamp) -> begin(Optional.of(timestamp));
            case GreetingTimestamp.Unfit(InsideFault fault) -> failed(fault);
          };
      case PASS -> begin(Optional.empty());
    };
  }

  private InsideStep begin(Optional<String> timestamp) {
    return switch (stls) {
      case NO -> login(timestamp);
      case IF_OFFERED ->
          new InsideStep(
              new AskingCapabilities(timestamp), new InsideAction.Send(InsideCommand.capa()));
      case ALWAYS -> startTls(timestamp);
    };
  }

  /**
   * The greeting is not repeated under TLS. A timestamp that somebody changed before it (the class
   * of CVE-2020-14954 and CVE-2020-15953) gets a digest that only the far end of TLS reads, and
   * that the server refuses.
   */
  private InsideStep login(Optional<String> timestamp) {
    return timestamp
        .map(text -> new InsideStep(new Digesting(), new InsideAction.AskDigest(text)))
        .orElseGet(() -> send(new AnsweringUser(), InsideCommand.user(name)));
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
      case InsideInput.TlsStarted wrong -> throw misuse(state, wrong);
      case InsideInput.TlsFailed wrong -> throw misuse(state, wrong);
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

  private static IllegalStateException misuse(InsideState state) {
    return new IllegalStateException("a reply cannot come in " + state.getClass().getSimpleName());
  }

  private static IllegalStateException misuse(InsideState state, InsideInput input) {
    return new IllegalStateException(
        input.getClass().getSimpleName() + " cannot come in " + state.getClass().getSimpleName());
  }
}
