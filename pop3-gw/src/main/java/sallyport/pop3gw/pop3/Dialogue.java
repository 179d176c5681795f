package sallyport.pop3gw.pop3;

import java.util.List;
import java.util.Optional;
import sallyport.authdb.protocol.Timestamp;
import sallyport.pop3gw.pop3.Action.Close;
import sallyport.pop3gw.pop3.Action.ConnectInside;
import sallyport.pop3gw.pop3.Action.Note;
import sallyport.pop3gw.pop3.Action.Note.Topic;
import sallyport.pop3gw.pop3.Action.Relay;
import sallyport.pop3gw.pop3.Action.Send;
import sallyport.pop3gw.pop3.State.Closed;
import sallyport.pop3gw.pop3.State.Connected;
import sallyport.pop3gw.pop3.State.Connecting;
import sallyport.pop3gw.pop3.State.Greeted;
import sallyport.pop3gw.pop3.State.Negotiating;
import sallyport.pop3gw.pop3.State.Ready;
import sallyport.pop3gw.pop3.State.Relaying;
import sallyport.pop3gw.pop3.State.Verifying;

/**
 * The gateway's side of a client's POP3 session until both logins are done, as a pure function: a
 * state and an input give the next state and actions. It holds nothing but its policy, so one may
 * serve many sessions.
 */
public final class Dialogue {
  /** Longest command line without its CR LF; with it, RFC 2449 section 4 allows 255 octets. */
  public static final int MAX_COMMAND_OCTETS = 253;

  /** Octets of the longest SASL PLAIN message: two names that fit a command, and a secret. */
  public static final int MAX_SASL_MESSAGE = 747;

  /** Longest line of a SASL exchange without its CR LF: the base64 of that. */
  public static final int MAX_SASL_OCTETS = MAX_SASL_MESSAGE / 3 * 4;

  /** Commands that are answered before a login; a client needs about five. */
  public static final int MAX_COMMANDS = 20;

  /** Longest challenge that fits into a greeting behind the longest welcome text. */
  public static final int MAX_CHALLENGE = 384;

  private final Policy policy;
  private final Verbs verbs;

  /** A dialogue under this policy. */
  public Dialogue(Policy policy) {
    this.policy = policy;
    this.verbs = new Verbs(policy);
  }

  /**
   * One step.
   *
   * @throws IllegalStateException when the driver gives an input that this state cannot have, such
   *     as a command line while authsrv is being asked
   */
  public Step on(State state, Input input) {
    return switch (state) {
      case Connected connected -> connected(connected, input);
      case Negotiating negotiating -> negotiating(negotiating, input);
      case Ready ready -> ready(ready, input);
      case Verifying verifying -> verifying(verifying, input);
      case Connecting connecting -> connecting(connecting, input);
      case Relaying relaying -> new Step(relaying, List.of());
      case Closed closed -> new Step(closed, List.of());
    };
  }

  /** The bound for the next line in this state, CR LF not counted. */
  public static int mostOctets(State state) {
    return state instanceof State.Exchanging ? MAX_SASL_OCTETS : MAX_COMMAND_OCTETS;
  }

  private Step connected(Connected state, Input input) {
    return switch (input) {
      case Input.Opened(Optional<String> challenge) -> opened(state, challenge);
      case Input.NotPermitted ignored -> end(Replies.notPermitted(policy.denial()));
      case Input.Overloaded ignored -> end(Replies.overloaded());
      case Input.Unavailable ignored -> end(Topic.LOGIN_UNAVAILABLE, Replies.unavailable());
      case Input.NotPop3(ForeignProtocol protocol) -> verbs.foreign(protocol);
      case Input.TimedOut ignored -> end(Topic.TIMED_OUT, Replies.timedOut());
      case Input.EndOfInput ignored -> close();
      case Input.ShuttingDown ignored -> end(Replies.shuttingDown());
      case Input.Evicted ignored -> end(Replies.evicted());
      case Input.Line wrong -> throw misuse(state, wrong);
      case Input.LineTooLong wrong -> throw misuse(state, wrong);
      case Input.BareLineEnd wrong -> throw misuse(state, wrong);
      case Input.LoggedIn wrong -> throw misuse(state, wrong);
      case Input.Refused wrong -> throw misuse(state, wrong);
      case Input.InsideReady wrong -> throw misuse(state, wrong);
      case Input.InsideFailed wrong -> throw misuse(state, wrong);
      case Input.TlsStarted wrong -> throw misuse(state, wrong);
      case Input.TlsFailed wrong -> throw misuse(state, wrong);
      case Input.SentAhead wrong -> throw misuse(state, wrong);
    };
  }

  /** A challenge goes out only where APOP is offered: its sight makes a client use APOP. */
  private Step opened(Connected state, Optional<String> challenge) {
    boolean wanted = policy.greetsWithChallenge(state.transport());
    Optional<String> shown = challenge.filter(text -> wanted);
    boolean usable =
        shown.isPresent()
            ? Timestamp.parse(shown.get()).isPresent() && shown.get().length() <= MAX_CHALLENGE
            : !wanted;
    return usable
        ? new Step(
            new Greeted(shown, state.transport(), 0),
            List.of(new Send(Replies.greeting(policy.welcome(), shown))))
        : end(Topic.BAD_CHALLENGE, Replies.unavailable());
  }

  /** Whatever goes wrong here, a readable word would be one that anybody could have said. */
  private Step negotiating(Negotiating state, Input input) {
    return switch (input) {
      case Input.TlsStarted ignored -> new Step(state.next(), List.of());
      case Input.SentAhead ignored -> end(Topic.SENT_AHEAD, Replies.sentAhead());
      case Input.TlsFailed ignored -> close();
      case Input.NotPermitted ignored -> close();
      case Input.Overloaded ignored -> close();
      case Input.TimedOut ignored -> close();
      case Input.EndOfInput ignored -> close();
      case Input.ShuttingDown ignored -> close();
      case Input.Evicted ignored -> close();
      case Input.Opened wrong -> throw misuse(state, wrong);
      case Input.Line wrong -> throw misuse(state, wrong);
      case Input.LineTooLong wrong -> throw misuse(state, wrong);
      case Input.BareLineEnd wrong -> throw misuse(state, wrong);
      case Input.NotPop3 wrong -> throw misuse(state, wrong);
      case Input.LoggedIn wrong -> throw misuse(state, wrong);
      case Input.Refused wrong -> throw misuse(state, wrong);
      case Input.Unavailable wrong -> throw misuse(state, wrong);
      case Input.InsideReady wrong -> throw misuse(state, wrong);
      case Input.InsideFailed wrong -> throw misuse(state, wrong);
    };
  }

  private Step ready(Ready state, Input input) {
    return switch (input) {
      case Input.Line line -> verbs.answer(state, line.octets());
      case Input.LineTooLong ignored -> end(Topic.LINE_TOO_LONG, Replies.lineTooLong());
      case Input.BareLineEnd ignored -> end(Topic.BARE_LINE_END, Replies.bareLineEnd());
      case Input.NotPop3(ForeignProtocol protocol) -> verbs.foreign(protocol);
      case Input.TimedOut ignored -> end(Topic.TIMED_OUT, Replies.timedOut());
      case Input.EndOfInput ignored -> close();
      case Input.ShuttingDown ignored -> end(Replies.shuttingDown());
      case Input.Evicted ignored -> end(Replies.evicted());
      case Input.Opened wrong -> throw misuse(state, wrong);
      case Input.NotPermitted wrong -> throw misuse(state, wrong);
      case Input.Overloaded wrong -> throw misuse(state, wrong);
      case Input.LoggedIn wrong -> throw misuse(state, wrong);
      case Input.Refused wrong -> throw misuse(state, wrong);
      case Input.Unavailable wrong -> throw misuse(state, wrong);
      case Input.InsideReady wrong -> throw misuse(state, wrong);
      case Input.InsideFailed wrong -> throw misuse(state, wrong);
      case Input.TlsStarted wrong -> throw misuse(state, wrong);
      case Input.TlsFailed wrong -> throw misuse(state, wrong);
      case Input.SentAhead wrong -> throw misuse(state, wrong);
    };
  }

  /** One try a connection: whoever is refused here starts again with a new challenge. */
  private Step verifying(Verifying state, Input input) {
    return switch (input) {
      case Input.LoggedIn(String server) ->
          new Step(new Connecting(server), List.of(new ConnectInside(server)));
      case Input.Refused ignored ->
          end(
              new Note(Topic.LOGIN_REFUSED, state.login().orElse("")),
              Replies.authenticationFailed());
      case Input.Unavailable ignored -> end(Topic.LOGIN_UNAVAILABLE, Replies.unavailable());
      case Input.TimedOut ignored -> end(Topic.TIMED_OUT, Replies.unavailable());
      case Input.EndOfInput ignored -> close();
      case Input.ShuttingDown ignored -> end(Replies.shuttingDown());
      case Input.Evicted ignored -> end(Replies.evicted());
      case Input.Opened wrong -> throw misuse(state, wrong);
      case Input.NotPermitted wrong -> throw misuse(state, wrong);
      case Input.Overloaded wrong -> throw misuse(state, wrong);
      case Input.Line wrong -> throw misuse(state, wrong);
      case Input.LineTooLong wrong -> throw misuse(state, wrong);
      case Input.BareLineEnd wrong -> throw misuse(state, wrong);
      case Input.NotPop3 wrong -> throw misuse(state, wrong);
      case Input.InsideReady wrong -> throw misuse(state, wrong);
      case Input.InsideFailed wrong -> throw misuse(state, wrong);
      case Input.TlsStarted wrong -> throw misuse(state, wrong);
      case Input.TlsFailed wrong -> throw misuse(state, wrong);
      case Input.SentAhead wrong -> throw misuse(state, wrong);
    };
  }

  private Step connecting(Connecting state, Input input) {
    return switch (input) {
      case Input.InsideReady ignored ->
          new Step(new Relaying(), List.of(new Send(Replies.loggedIn()), new Relay()));
      case Input.InsideFailed(InsideTrouble trouble) ->
          end(new Note(Topic.INSIDE_FAILED, trouble.name()), Replies.inside(trouble));
      case Input.TimedOut ignored -> end(Topic.TIMED_OUT, Replies.inside(InsideTrouble.DOWN));
      case Input.EndOfInput ignored -> close();
      case Input.ShuttingDown ignored -> end(Replies.shuttingDown());
      case Input.Evicted ignored -> end(Replies.evicted());
      case Input.Opened wrong -> throw misuse(state, wrong);
      case Input.NotPermitted wrong -> throw misuse(state, wrong);
      case Input.Overloaded wrong -> throw misuse(state, wrong);
      case Input.Line wrong -> throw misuse(state, wrong);
      case Input.LineTooLong wrong -> throw misuse(state, wrong);
      case Input.BareLineEnd wrong -> throw misuse(state, wrong);
      case Input.NotPop3 wrong -> throw misuse(state, wrong);
      case Input.LoggedIn wrong -> throw misuse(state, wrong);
      case Input.Refused wrong -> throw misuse(state, wrong);
      case Input.Unavailable wrong -> throw misuse(state, wrong);
      case Input.TlsStarted wrong -> throw misuse(state, wrong);
      case Input.TlsFailed wrong -> throw misuse(state, wrong);
      case Input.SentAhead wrong -> throw misuse(state, wrong);
    };
  }

  private static Step close() {
    return new Step(new Closed(), List.of(new Close()));
  }

  static Step end(Reply reply) {
    return new Step(new Closed(), List.of(new Send(reply), new Close()));
  }

  static Step end(Topic topic, Reply reply) {
    return end(new Note(topic, ""), reply);
  }

  static Step end(Note note, Reply reply) {
    return new Step(new Closed(), List.of(note, new Send(reply), new Close()));
  }

  private static IllegalStateException misuse(State state, Input input) {
    return new IllegalStateException(
        input.getClass().getSimpleName() + " cannot come in " + state.getClass().getSimpleName());
  }
}
