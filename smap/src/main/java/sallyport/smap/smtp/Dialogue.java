package sallyport.smap.smtp;

import java.util.List;
import sallyport.smap.smtp.Action.Close;
import sallyport.smap.smtp.Action.Commit;
import sallyport.smap.smtp.Action.Discard;
import sallyport.smap.smtp.Action.Note;
import sallyport.smap.smtp.Action.Note.Topic;
import sallyport.smap.smtp.Action.Send;
import sallyport.smap.smtp.State.Closed;
import sallyport.smap.smtp.State.Committing;
import sallyport.smap.smtp.State.Connected;
import sallyport.smap.smtp.State.Greeted;
import sallyport.smap.smtp.State.Ready;
import sallyport.smap.smtp.State.Receiving;
import sallyport.smap.smtp.State.Securing;

/**
 * The server's side of SMTP as a pure function: a state and an input give the next state and
 * actions. It holds nothing but its policy, so one may serve many sessions of one client.
 */
public final class Dialogue {
  /** Longest command line without its CR LF. */
  public static final int MAX_COMMAND_OCTETS = 2048;

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
   *     as a command line inside a body
   */
  public Step on(State state, Input input) {
    return switch (state) {
      case Ready ready -> ready(ready, input);
      case Securing securing -> securing(securing, input);
      case Receiving receiving -> receiving(receiving, input);
      case Committing committing -> committing(committing, input);
      case Closed closed -> new Step(closed, List.of());
    };
  }

  private Step ready(Ready state, Input input) {
    return switch (input) {
      case Input.Opened opened -> opened(state, opened);
      case Input.NotPermitted ignored -> end(Replies.notPermitted());
      case Input.Overloaded ignored -> end(Replies.overloaded());
      case Input.Line line -> verbs.answer(state, line);
      case Input.LineTooLong ignored -> verbs.refuse(state, Replies.lineTooLong(), "");
      case Input.BareLineEnd ignored -> end(Topic.BARE_LINE_END, Replies.bareLineEnd());
      case Input.NotSmtp foreign -> verbs.foreign(foreign.protocol());
      case Input.SentAhead ignored -> end(Topic.SENT_AHEAD, Replies.sentAhead());
      case Input.TimedOut ignored -> end(Topic.TIMED_OUT, Replies.timedOut());
      case Input.SessionTooOld ignored -> end(Topic.TIMED_OUT, Replies.sessionTooOld());
      case Input.TooSlow ignored -> end(Topic.TOO_SLOW, Replies.tooSlow());
      case Input.ShuttingDown ignored -> end(Replies.shuttingDown());
      case Input.Evicted ignored -> end(Replies.evicted());
      case Input.EndOfInput ignored -> new Step(new Closed(), List.of(new Close()));
      case Input.TlsStarted wrong -> throw misuse(state, wrong);
      case Input.TlsFailed(String reason) -> notSecured(reason);
      case Input.BodyEnd wrong -> throw misuse(state, wrong);
      case Input.Committed wrong -> throw misuse(state, wrong);
      case Input.CommitRefused wrong -> throw misuse(state, wrong);
      case Input.CommitUnknown wrong -> throw misuse(state, wrong);
    };
  }

  private Step opened(Ready state, Input.Opened input) {
    if (!(state instanceof Connected)) {
      throw misuse(state, input);
    }
    return new Step(state, List.of(new Send(Replies.greeting(policy.hostname()))));
  }

  /**
   * Nothing that was learned before survives (RFC 3207 section 4.2); only the errors are still
   * counted. The driver answers with the outcome and with nothing else.
   */
  private static Step securing(Securing state, Input input) {
    if (input instanceof Input.TlsStarted) {
      return new Step(new Connected(state.tally(), Channel.TLS), List.of());
    }
    if (input instanceof Input.TlsFailed(String reason)) {
      return notSecured(reason);
    }
    throw misuse(state, input);
  }

  private static Step notSecured(String reason) {
    return new Step(new Closed(), List.of(new Note(Topic.TLS_FAILED, reason), new Close()));
  }

  private Step receiving(Receiving state, Input input) {
    return switch (input) {
      case Input.BodyEnd(BodyReport report) -> bodyEnd(state, report);
      case Input.CommitRefused(Input.CommitRefused.Reason reason) ->
          new Step(
              greeted(state.transaction(), state.tally()),
              List.of(new Discard(), new Send(Replies.notCommitted(reason))));
      case Input.EndOfInput ignored ->
          new Step(
              new Closed(), List.of(new Note(Topic.LOST_IN_BODY, ""), new Discard(), new Close()));
      case Input.TimedOut ignored -> abandon(Topic.TIMED_OUT, Replies.timedOut());
      case Input.SessionTooOld ignored -> abandon(Topic.TIMED_OUT, Replies.sessionTooOld());
      case Input.TooSlow ignored -> abandon(Topic.TOO_SLOW, Replies.tooSlow());
      case Input.ShuttingDown ignored -> abandon(Topic.LOST_IN_BODY, Replies.shuttingDown());
      case Input.Evicted ignored -> abandon(Topic.LOST_IN_BODY, Replies.evicted());
      case Input.Opened wrong -> throw misuse(state, wrong);
      case Input.NotPermitted wrong -> throw misuse(state, wrong);
      case Input.Overloaded wrong -> throw misuse(state, wrong);
      case Input.Line wrong -> throw misuse(state, wrong);
      case Input.LineTooLong wrong -> throw misuse(state, wrong);
      case Input.BareLineEnd wrong -> throw misuse(state, wrong);
      case Input.NotSmtp wrong -> throw misuse(state, wrong);
      case Input.SentAhead wrong -> throw misuse(state, wrong);
      case Input.TlsStarted wrong -> throw misuse(state, wrong);
      case Input.TlsFailed wrong -> throw misuse(state, wrong);
      case Input.Committed wrong -> throw misuse(state, wrong);
      case Input.CommitUnknown wrong -> throw misuse(state, wrong);
    };
  }

  private Step bodyEnd(Receiving state, BodyReport report) {
    return BodyJudge.refusal(policy, report)
        .map(reply -> refuseBody(state, reply))
        .orElseGet(() ->
            new Step(
                new Committing(state.tally(), state.transaction()),
                List.of(new Commit(state.transaction()))));
  }

  private static Step refuseBody(Receiving state, Reply reply) {
    return new Step(
        greeted(state.transaction(), state.tally().plusError()),
        List.of(new Note(Topic.MESSAGE_REFUSED, reply.summary()), new Discard(), new Send(reply)));
  }

  /** The committer always answers, so nothing else can happen to a session that waits for it. */
  private Step committing(Committing state, Input input) {
    return switch (input) {
      case Input.Committed(String queueId) ->
          new Step(
              greeted(state.transaction(), Tally.NONE),
              List.of(new Send(Replies.committed(queueId))));
      case Input.CommitRefused(Input.CommitRefused.Reason reason) ->
          new Step(
              greeted(state.transaction(), state.tally()),
              List.of(new Send(Replies.notCommitted(reason))));
      case Input.CommitUnknown ignored -> new Step(new Closed(), List.of(new Close()));
      case Input.Opened wrong -> throw misuse(state, wrong);
      case Input.NotPermitted wrong -> throw misuse(state, wrong);
      case Input.Overloaded wrong -> throw misuse(state, wrong);
      case Input.Line wrong -> throw misuse(state, wrong);
      case Input.LineTooLong wrong -> throw misuse(state, wrong);
      case Input.BareLineEnd wrong -> throw misuse(state, wrong);
      case Input.NotSmtp wrong -> throw misuse(state, wrong);
      case Input.SentAhead wrong -> throw misuse(state, wrong);
      case Input.TlsStarted wrong -> throw misuse(state, wrong);
      case Input.TlsFailed wrong -> throw misuse(state, wrong);
      case Input.BodyEnd wrong -> throw misuse(state, wrong);
      case Input.TimedOut wrong -> throw misuse(state, wrong);
      case Input.SessionTooOld wrong -> throw misuse(state, wrong);
      case Input.TooSlow wrong -> throw misuse(state, wrong);
      case Input.EndOfInput wrong -> throw misuse(state, wrong);
      case Input.ShuttingDown wrong -> throw misuse(state, wrong);
      case Input.Evicted wrong -> throw misuse(state, wrong);
    };
  }

  private static Greeted greeted(Transaction done, Tally tally) {
    return new Greeted(tally.newTransaction(), done.greeting());
  }

  private static Step end(Reply reply) {
    return new Step(new Closed(), List.of(new Send(reply), new Close()));
  }

  private static Step end(Topic topic, Reply reply) {
    return new Step(new Closed(), List.of(new Note(topic, ""), new Send(reply), new Close()));
  }

  private static Step abandon(Topic topic, Reply reply) {
    return new Step(
        new Closed(), List.of(new Note(topic, ""), new Discard(), new Send(reply), new Close()));
  }

  private static IllegalStateException misuse(State state, Input input) {
    return new IllegalStateException(
        input.getClass().getSimpleName() + " cannot come in " + state.getClass().getSimpleName());
  }
}
