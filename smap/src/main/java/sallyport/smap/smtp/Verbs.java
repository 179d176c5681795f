package sallyport.smap.smtp;

import java.util.ArrayList;
import java.util.List;
import sallyport.smap.smtp.Action.BeginTls;
import sallyport.smap.smtp.Action.Close;
import sallyport.smap.smtp.Action.Delay;
import sallyport.smap.smtp.Action.Note;
import sallyport.smap.smtp.Action.Note.Topic;
import sallyport.smap.smtp.Action.ReceiveBody;
import sallyport.smap.smtp.Action.Send;
import sallyport.smap.smtp.State.Closed;
import sallyport.smap.smtp.State.Connected;
import sallyport.smap.smtp.State.Greeted;
import sallyport.smap.smtp.State.HasRecipients;
import sallyport.smap.smtp.State.HasSender;
import sallyport.smap.smtp.State.Ready;
import sallyport.smap.smtp.State.Receiving;
import sallyport.smap.smtp.State.Securing;

/** Answers commands, in the order in which a dialogue has them. */
final class Verbs {
  /**
   * Recipients beyond the limit that cost a client nothing: one with a long list learns from 452 to
   * send the rest with its next message, and must not be cut off for that.
   */
  static final int MAX_OVERSHOOT = 1000;

  private final Policy policy;
  private final Limits limits;

  Verbs(Policy policy) {
    this.policy = policy;
    this.limits = policy.limits();
  }

  Step answer(Ready state, Input.Line input) {
    Command command = CommandParser.parse(input.octets());
    if (input.followed() && mayNotSendAhead(state, command)) {
      return new Step(
          new Closed(),
          List.of(new Note(Topic.SENT_AHEAD, ""), new Send(Replies.sentAhead()), new Close()));
    }
    String line = CommandParser.text(input.octets());
    if (mustBeginTls(state, command)) {
      return refuseData(state, Replies.tlsFirst(), isData(command) && input.followed(), line);
    }
    return switch (command) {
      case Command.Hello(Greeting greeting) -> hello(state, greeting);
      case Command.BeginTls ignored -> beginTls(state, input.followed(), line);
      case Command.Mail mail -> mail(state, mail, line);
      case Command.Rcpt(Recipient recipient) -> rcpt(state, recipient, line);
      case Command.Data ignored -> data(state, input.followed(), line);
      case Command.Rset ignored -> rset(state);
      case Command.Noop ignored -> junk(state, Replies.noop());
      case Command.Vrfy ignored -> junk(state, Replies.verify());
      case Command.Help ignored -> junk(state, Replies.help());
      case Command.Quit ignored -> end(Replies.goodbye(policy.hostname()));
      case Command.Bdat ignored -> bdat(line);
      case Command.Foreign(ForeignProtocol protocol) -> foreign(protocol);
      case Command.NotOffered ignored -> refuse(state, Replies.notOffered(), line);
      case Command.Unknown ignored -> refuse(state, Replies.unknown(), line);
      case Command.Faulty(Command.Verb verb, Command.Fault fault) ->
          refuse(state, Replies.faulty(fault), topic(verb), detail(verb, line));
    };
  }

  /** Pipelining is offered by EHLO only. What comes behind QUIT is nobody's. */
  private static boolean mayNotSendAhead(Ready state, Command command) {
    return switch (command) {
      case Command.Quit ignored -> false;
      case Command.Foreign ignored -> false;
      case Command.Hello(Greeting greeting) -> saidHelo(greeting);
      default ->
          switch (state) {
            case Connected ignored -> false;
            case Greeted greeted -> saidHelo(greeted.greeting());
            case HasSender has -> saidHelo(has.transaction().greeting());
            case HasRecipients has -> saidHelo(has.transaction().greeting());
          };
    };
  }

  private static boolean saidHelo(Greeting greeting) {
    return greeting.protocol() == Greeting.Protocol.SMTP;
  }

  private Step hello(Ready state, Greeting greeting) {
    Reply reply =
        switch (greeting.protocol()) {
          case SMTP -> Replies.helo(policy.hostname());
          case ESMTP -> Replies.ehlo(policy.hostname(), limits.maxOctets(), offersTls(state));
        };
    Greeted greeted = new Greeted(state.tally().newTransaction(), greeting.on(state.channel()));
    return state instanceof Connected ? send(greeted, reply) : junk(greeted, reply);
  }

  private boolean offersTls(Ready state) {
    return state.channel() == Channel.CLEAR && policy.startTls() != StartTls.ABSENT;
  }

  /** What carries mail or asks about it (RFC 3207 section 4); the rest has answers of its own. */
  private boolean mustBeginTls(Ready state, Command command) {
    if (policy.startTls() != StartTls.REQUIRED || state.channel() == Channel.TLS) {
      return false;
    }
    return switch (command) {
      case Command.Mail ignored -> true;
      case Command.Rcpt ignored -> true;
      case Command.Data ignored -> true;
      case Command.Rset ignored -> true;
      case Command.Vrfy ignored -> true;
      case Command.Help ignored -> true;
      case Command.Hello(Greeting greeting) -> saidHelo(greeting);
      case Command.Faulty(Command.Verb verb, Command.Fault fault) -> verb != Command.Verb.OTHER;
      case Command.BeginTls ignored -> false;
      case Command.Noop ignored -> false;
      case Command.Quit ignored -> false;
      case Command.Bdat ignored -> false;
      case Command.Foreign ignored -> false;
      case Command.NotOffered ignored -> false;
      case Command.Unknown ignored -> false;
    };
  }

  private static boolean isData(Command command) {
    return command instanceof Command.Data;
  }

  /**
   * Octets that stand behind STARTTLS in the clear would be taken for the client's own under TLS:
   * they end the session (RFC 3207 section 4.2, CVE-2011-0411).
   */
  private Step beginTls(Ready state, boolean followed, String line) {
    if (state.channel() == Channel.TLS) {
      return refuse(state, Replies.tlsActive(), line);
    }
    if (policy.startTls() == StartTls.ABSENT) {
      return refuse(state, Replies.notOffered(), line);
    }
    if (followed) {
      return new Step(
          new Closed(),
          List.of(new Note(Topic.SENT_AHEAD, line), new Send(Replies.sentAhead()), new Close()));
    }
    return switch (state) {
      case Connected connected -> refuse(connected, Replies.helloFirst(), line);
      case HasSender has -> refuse(has, Replies.nestedMail(), line);
      case HasRecipients has -> refuse(has, Replies.nestedMail(), line);
      case Greeted greeted ->
          new Step(
              new Securing(greeted.tally().newTransaction()),
              List.of(new Send(Replies.beginTls()), new BeginTls()));
    };
  }

  private Step mail(Ready state, Command.Mail mail, String line) {
    return switch (state) {
      case Connected connected -> refuse(connected, Replies.helloFirst(), line);
      case HasSender has -> refuse(has, Replies.nestedMail(), line);
      case HasRecipients has -> refuse(has, Replies.nestedMail(), line);
      case Greeted greeted -> mail(greeted, mail, line);
    };
  }

  private Step mail(Greeted state, Command.Mail mail, String line) {
    if (mail.declaredOctets().orElse(0) > limits.maxOctets()) {
      return refuse(state, Replies.tooBig(), Topic.SENDER_REFUSED, line);
    }
    SenderPolicy.Verdict verdict = policy.senders().decide(mail.sender());
    if (verdict != SenderPolicy.Verdict.ACCEPT) {
      return refuse(state, Replies.sender(verdict), Topic.SENDER_REFUSED, line);
    }
    Transaction opened =
        new Transaction(
            state.greeting(), mail.sender(), mail.body(), mail.declaredOctets(), List.of());
    return send(new HasSender(state.tally().newTransaction(), opened), Replies.senderAccepted());
  }

  private Step rcpt(Ready state, Recipient recipient, String line) {
    return switch (state) {
      case Connected connected -> refuse(connected, Replies.helloFirst(), line);
      case Greeted greeted -> refuse(greeted, Replies.mailFirst(), line);
      case HasSender has -> rcpt(has, has.transaction(), recipient, line);
      case HasRecipients has -> rcpt(has, has.transaction(), recipient, line);
    };
  }

  private Step rcpt(Ready state, Transaction transaction, Recipient recipient, String line) {
    if (transaction.recipients().contains(recipient)) {
      return junk(state, Replies.recipientAccepted());
    }
    if (transaction.recipients().size() >= limits.maxRecipients()) {
      return overshoot(state, line);
    }
    RecipientPolicy.Verdict verdict =
        switch (recipient) {
          case Recipient.Postmaster ignored -> RecipientPolicy.Verdict.ACCEPT;
          case Recipient.To(Mailbox mailbox) -> policy.recipients().decide(mailbox);
        };
    if (verdict != RecipientPolicy.Verdict.ACCEPT) {
      return refuse(state, Replies.recipient(verdict), Topic.RECIPIENT_REFUSED, line);
    }
    return send(
        new HasRecipients(state.tally(), transaction.plus(recipient)), Replies.recipientAccepted());
  }

  private Step overshoot(Ready state, String line) {
    Tally tally = state.tally().plusOvershoot();
    if (tally.overshoot() > MAX_OVERSHOOT) {
      return refuse(state, Replies.tooManyRecipients(), Topic.RECIPIENT_REFUSED, line);
    }
    List<Action> actions = new ArrayList<>();
    if (tally.overshoot() == 1) {
      actions.add(new Note(Topic.RECIPIENT_REFUSED, line));
    }
    actions.add(new Send(Replies.tooManyRecipients()));
    return new Step(state.with(tally), actions);
  }

  private Step data(Ready state, boolean followed, String line) {
    return switch (state) {
      case Connected connected -> refuseData(connected, Replies.helloFirst(), followed, line);
      case Greeted greeted -> refuseData(greeted, Replies.mailFirst(), followed, line);
      case HasSender has -> refuseData(has, Replies.noRecipients(), followed, line);
      case HasRecipients has ->
          new Step(
              new Receiving(has.tally(), has.transaction()),
              List.of(
                  new Send(Replies.startBody()),
                  new ReceiveBody(has.transaction(), policy.bodyRules())));
    };
  }

  /** A body that was sent without waiting for 354 must not be read as commands. */
  private Step refuseData(Ready state, Reply reply, boolean followed, String line) {
    if (!followed) {
      return refuse(state, reply, line);
    }
    return new Step(
        new Closed(), List.of(new Note(Topic.SENT_AHEAD, line), new Send(reply), new Close()));
  }

  private Step rset(Ready state) {
    Ready after =
        switch (state) {
          case Connected connected -> connected;
          case Greeted greeted -> greeted;
          case HasSender has -> new Greeted(has.tally(), has.transaction().greeting());
          case HasRecipients has -> new Greeted(has.tally(), has.transaction().greeting());
        };
    return junk(after.with(after.tally().newTransaction()), Replies.reset());
  }

  private Step bdat(String line) {
    return new Step(
        new Closed(),
        List.of(new Note(Topic.BDAT, line), new Send(Replies.noChunks()), new Close()));
  }

  Step foreign(ForeignProtocol protocol) {
    return new Step(
        new Closed(),
        List.of(
            new Note(Topic.NOT_SMTP, protocol.name()), new Send(Replies.notSmtp()), new Close()));
  }

  /** Answers a command that carries no mail; beyond the limit each one counts as an error. */
  private Step junk(Ready state, Reply reply) {
    Tally tally = state.tally().plusJunk();
    if (tally.junk() <= limits.junkCommands()) {
      return send(state.with(tally), reply);
    }
    return afterError(state.with(tally.plusError()), reply, List.of());
  }

  Step refuse(Ready state, Reply reply, String line) {
    return refuse(state, reply, Topic.COMMAND_REFUSED, CommandParser.verbForLog(line));
  }

  private Step refuse(Ready state, Reply reply, Topic topic, String line) {
    return afterError(state.with(state.tally().plusError()), reply, List.of(new Note(topic, line)));
  }

  private Step afterError(Ready state, Reply reply, List<Note> notes) {
    List<Action> actions = new ArrayList<>(notes);
    int errors = state.tally().errors();
    if (errors >= limits.hardErrors()) {
      actions.add(new Note(Topic.TOO_MANY_ERRORS, ""));
      actions.add(new Send(Replies.tooManyErrors()));
      actions.add(new Close());
      return new Step(new Closed(), actions);
    }
    if (errors == limits.softErrors()) {
      actions.add(new Note(Topic.MANY_ERRORS, ""));
    }
    if (errors >= limits.softErrors()) {
      actions.add(new Delay(limits.errorDelay()));
    }
    actions.add(new Send(reply));
    return new Step(state, actions);
  }

  private static Step send(State state, Reply reply) {
    return new Step(state, List.of(new Send(reply)));
  }

  private static Step end(Reply reply) {
    return new Step(new Closed(), List.of(new Send(reply), new Close()));
  }

  private static String detail(Command.Verb verb, String line) {
    return verb == Command.Verb.OTHER ? CommandParser.verbForLog(line) : line;
  }

  private static Topic topic(Command.Verb verb) {
    return switch (verb) {
      case MAIL -> Topic.SENDER_REFUSED;
      case RCPT -> Topic.RECIPIENT_REFUSED;
      case OTHER -> Topic.COMMAND_REFUSED;
    };
  }
}
