package sallyport.smap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Admission;
import sallyport.daemon.Connection;
import sallyport.daemon.Event;
import sallyport.daemon.Field;
import sallyport.daemon.Received;
import sallyport.daemon.TlsStart;
import sallyport.daemon.tls.TlsFacts;
import sallyport.netperm.Decision;
import sallyport.netperm.HostName;
import sallyport.netperm.ListenAddress;
import sallyport.netperm.Request;
import sallyport.smap.smtp.Action;
import sallyport.smap.smtp.BodyRules;
import sallyport.smap.smtp.Channel;
import sallyport.smap.smtp.Dialogue;
import sallyport.smap.smtp.ForeignProtocol;
import sallyport.smap.smtp.Input;
import sallyport.smap.smtp.Recipient;
import sallyport.smap.smtp.State;
import sallyport.smap.smtp.Step;
import sallyport.smap.smtp.Transaction;
import sallyport.spool.BodyType;
import sallyport.spool.CommitResult;
import sallyport.spool.Envelope;
import sallyport.spool.QueueId;

/**
 * One client's session: hands what the connection brings to the {@link Dialogue} and does what it
 * answers. Decides nothing about SMTP.
 *
 * <p>Belongs to its session thread (a virtual one); {@link #evict}, {@link #goDown} and {@link
 * #cut} may be called by others.
 */
final class Conversation implements Admission.Session {

  private final Premises premises;
  private final ListenAddress.Tls tls;
  private final Connection connection;
  private final long began = System.nanoTime();

  private final Dialogue dialogue;
  private volatile State state;
  private Admission.@Nullable Token token;
  private HostName clientName = new HostName.Unknown(HostName.Reason.NOT_ASKED);
  private @Nullable Body body;
  private int messages;
  private int recipients;
  private volatile boolean over;
  private boolean opened;
  private volatile boolean goingDown;

  /**
   * A conversation that has not begun.
   *
   * @throws IOException if the client is gone already
   */
  Conversation(Socket socket, ListenAddress.Tls tls, Premises premises) throws IOException {
    this.premises = premises;
    this.tls = tls;
    this.state = State.initial(tls == ListenAddress.Tls.TLS ? Channel.TLS : Channel.CLEAR);
    this.connection = new Connection(socket, premises.watchdog(), this::closed);
    this.dialogue = new Dialogue(premises.policy(connection.peerAddress(), tls));
  }

  InetAddress address() {
    return connection.peerAddress();
  }

  Connection connection() {
    return connection;
  }

  boolean isOver() {
    return over;
  }

  /** Takes its place; called before the session thread starts. */
  void admitted(Admission.Token place) {
    token = place;
  }

  /**
   * There is no place: says so and closes, on the accepting thread, without waiting; where a
   * handshake would have to come first, without a word.
   */
  void turnAway(String why) {
    premises.log().write(Event.REFUSED, client(), Field.of("reason", why));
    if (tls != ListenAddress.Tls.TLS) {
      give(new Input.Overloaded());
    }
    try {
      connection.flush();
    } catch (IOException e) {
      over = true;
    }
    connection.cut();
  }

  /** Judges the client and greets it. */
  void open() {
    opened = true;
    Decision decision =
        premises
            .config()
            .hosts()
            .decide(
                new Request(connection.peerAddress(), Optional.empty(), Optional.empty()),
                premises.names());
    clientName = decision.name();
    premises.log().write(Event.CONNECT, client(), Field.of("name", nameText()));
    if (clientName instanceof HostName.Unknown(HostName.Reason reason)
        && reason == HostName.Reason.MISMATCH) {
      premises.log().write(Event.POSSIBLE_SPOOF, client());
    }
    if (!decision.permitted()) {
      premises
          .log()
          .write(
              Event.REFUSED,
              client(),
              Field.of("reason", "not permitted"),
              Field.of("rule", decision.rule().map(rule -> rule.at().toString()).orElse("none")));
      refuse();
    } else if (tls == ListenAddress.Tls.TLS && !isSecured()) {
      over = true;
    } else if (spokeFirst()) {
      give(firstWords());
    } else if (!over) {
      give(new Input.Opened());
    }
  }

  /** A stranger whom no rule permits is worth no handshake. */
  private void refuse() {
    if (tls == ListenAddress.Tls.TLS) {
      over = true;
    } else {
      give(new Input.NotPermitted());
    }
  }

  /** Does the handshake of a connection that begins with it. */
  private boolean isSecured() {
    Input outcome = beginTls();
    boolean secured = outcome instanceof Input.TlsStarted;
    if (!secured) {
      give(outcome);
    }
    return secured;
  }

  private Input beginTls() {
    long deadline = System.nanoTime() + premises.handshakeTime().toNanos();
    return switch (connection.startTls(premises.tls(), deadline)) {
      case TlsStart.Started(TlsFacts facts) -> {
        List<Field> fields = new ArrayList<>(List.of(client()));
        fields.addAll(Field.of(facts));
        premises.log().write(Event.TLS, fields.toArray(Field[]::new));
        yield new Input.TlsStarted();
      }
      case TlsStart.SentAhead() -> new Input.TlsFailed("octets were sent ahead in the clear");
      case TlsStart.NotTls() -> new Input.TlsFailed("the client does not speak TLS");
      case TlsStart.Failed(String reason) -> new Input.TlsFailed(reason);
      case TlsStart.TimedOut() -> new Input.TlsFailed("no handshake in time");
      case TlsStart.Lost() -> new Input.TlsFailed("the client closed the connection");
      case TlsStart.Interrupted(Received.Interruption cause) ->
          new Input.TlsFailed(
              switch (cause) {
                case SHUTTING_DOWN -> "the daemon stops";
                case EVICTED -> "the place was needed";
              });
    };
  }

  private boolean spokeFirst() {
    Duration delay = premises.config().greetDelay();
    if (delay.isZero()) {
      return connection.hasInput();
    }
    try {
      over = connection.fill(System.nanoTime() + delay.toNanos()) < 0;
      return !over;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      over = true;
      return false;
    }
  }

  /** One that expects TLS at once is told apart from one that cannot wait. */
  private Input firstWords() {
    try {
      if (connection.position() == connection.limit()) {
        connection.fill(System.nanoTime());
      }
    } catch (IOException e) {
      return new Input.EndOfInput();
    }
    int length = connection.limit() - connection.position();
    return ForeignProtocol.recognise(connection.buffer(), connection.position(), length)
        .filter(protocol -> protocol == ForeignProtocol.TLS)
        .<Input>map(Input.NotSmtp::new)
        .orElseGet(Input.SentAhead::new);
  }

  /** Takes one command, or one body, and answers it. */
  void turn() {
    give(nextCommand());
  }

  private Input nextCommand() {
    if (isBetweenMessages()) {
      if (goingDown) {
        return new Input.ShuttingDown();
      }
      if (System.nanoTime() - began > premises.config().sessionTime().toNanos()) {
        return new Input.SessionTooOld();
      }
    }
    long deadline = System.nanoTime() + premises.commandTime().toNanos();
    return switch (connection.readLine(Dialogue.MAX_COMMAND_OCTETS, deadline)) {
      case Received.Line(String text) ->
          new Input.Line(text.getBytes(StandardCharsets.ISO_8859_1), connection.hasInput());
      case Received.LineTooLong() -> new Input.LineTooLong();
      case Received.LineEndless() -> {
        over = true;
        yield new Input.LineTooLong();
      }
      case Received.BareLineEnd() -> new Input.BareLineEnd();
      case Received.TlsHello() -> new Input.NotSmtp(ForeignProtocol.TLS);
      case Received.TimedOut() -> new Input.TimedOut();
      case Received.EndOfInput() -> new Input.EndOfInput();
      case Received.Interrupted(Received.Interruption cause) ->
          switch (cause) {
            case SHUTTING_DOWN -> new Input.ShuttingDown();
            case EVICTED -> new Input.Evicted();
          };
    };
  }

  private boolean isBetweenMessages() {
    return switch (state) {
      case State.Connected c -> true;
      case State.Greeted g -> true;
      case State.HasSender s -> true;
      case State.HasRecipients r -> false;
      case State.Securing s -> true;
      case State.Receiving r -> false;
      case State.Committing c -> false;
      case State.Closed c -> true;
    };
  }

  private void give(Input first) {
    Input input = first;
    while (input != null) {
      Step step = dialogue.on(state, input);
      state = step.state();
      input = null;
      for (Action action : step.actions()) {
        Input outcome = perform(action);
        input = outcome == null ? input : outcome;
      }
    }
    if (state instanceof State.HasRecipients && token != null) {
      token.gotSomewhere();
    }
  }

  private @Nullable Input perform(Action action) {
    try {
      return switch (action) {
        case Action.Send send -> {
          byte[] octets = send.reply().octets();
          connection.send(octets, 0, octets.length);
          yield null;
        }
        case Action.Delay delay -> {
          connection.flush();
          Thread.sleep(delay.time());
          yield null;
        }
        case Action.ReceiveBody(Transaction transaction, BodyRules rules) ->
            receive(transaction, rules);
        case Action.Commit(Transaction transaction) -> commit(transaction);
        case Action.BeginTls begin -> beginTls();
        case Action.Discard discard -> {
          discardBody();
          yield null;
        }
        case Action.Close close -> {
          over = true;
          yield null;
        }
        case Action.Note(Action.Note.Topic topic, String detail) -> {
          note(topic, detail);
          yield null;
        }
      };
    } catch (IOException e) {
      over = true;
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      over = true;
      return null;
    }
  }

  private Input receive(Transaction transaction, BodyRules rules) {
    QueueId id = premises.ids().next();
    body = new Body(id, Instant.now(), premises.collector().begin());
    return body.receive(connection, transaction, rules, premises, nameText());
  }

  private Input commit(Transaction transaction) throws InterruptedException {
    Body message = body;
    if (message == null) {
      throw new IllegalStateException("nothing to commit");
    }
    body = null;
    Envelope envelope = envelope(message, transaction);
    long octets = message.octets();
    CommitResult result = premises.collector().commit(envelope, message.incoming());
    List<Field> fields = messageFields(envelope, octets);
    return switch (result) {
      case CommitResult.Committed committed -> {
        messages++;
        recipients += envelope.recipients().size();
        premises.log().write(Event.ACCEPTED, fields.toArray(Field[]::new));
        yield new Input.Committed(envelope.id().text());
      }
      case CommitResult.Refused(CommitResult.Reason reason, String detail) -> {
        fields.add(Field.of("reason", detail));
        premises.log().write(Event.NOT_ACCEPTED, fields.toArray(Field[]::new));
        yield new Input.CommitRefused(
            switch (reason) {
              case NO_SPACE -> Input.CommitRefused.Reason.NO_SPACE;
              case TROUBLE -> Input.CommitRefused.Reason.TROUBLE;
            });
      }
      case CommitResult.Unknown(String detail) -> {
        fields.add(Field.of("reason", "outcome unknown: " + detail));
        premises.log().write(Event.NOT_ACCEPTED, fields.toArray(Field[]::new));
        yield new Input.CommitUnknown();
      }
    };
  }

  private Envelope envelope(Body message, Transaction transaction) {
    return new Envelope(
        message.id(),
        transaction.sender().text(),
        transaction.recipients().stream().map(Recipient::text).toList(),
        connection.peerAddress().getHostAddress(),
        nameText(),
        transaction.greeting().name(),
        connection.tls().map(TlsFacts::summary).orElse(""),
        "",
        message.arrival(),
        switch (transaction.body()) {
          case SEVEN_BIT -> BodyType.SEVEN_BIT;
          case EIGHT_BIT -> BodyType.EIGHT_BIT;
        });
  }

  private List<Field> messageFields(Envelope envelope, long octets) {
    List<Field> fields = new ArrayList<>(envelope.recipients().size() + 6);
    fields.add(Field.of("id", envelope.id().text()));
    fields.add(client());
    fields.add(Field.of("helo", envelope.helo()));
    fields.add(Field.of("from", envelope.sender()));
    envelope.recipients().forEach(to -> fields.add(Field.of("to", to)));
    fields.add(Field.of("bytes", octets));
    return fields;
  }

  private void discardBody() {
    if (body != null) {
      body.incoming().discard();
      body = null;
    }
  }

  private void note(Action.Note.Topic topic, String detail) {
    if (topic == Action.Note.Topic.TLS_FAILED) {
      premises.log().write(Event.TLS_FAILED, client(), Field.of("reason", detail));
      return;
    }
    Event event =
        switch (topic) {
          case SENDER_REFUSED, RECIPIENT_REFUSED, MESSAGE_REFUSED -> Event.REJECTED;
          case COMMAND_REFUSED, MANY_ERRORS, TOO_MANY_ERRORS, BARE_LINE_END, BDAT ->
              Event.BAD_COMMAND;
          case TLS_FAILED -> Event.TLS_FAILED;
          case NOT_SMTP -> Event.NOT_SMTP;
          case SENT_AHEAD -> Event.SPOKE_FIRST;
          case TIMED_OUT, TOO_SLOW -> Event.TIMEOUT;
          case LOST_IN_BODY -> Event.NOT_ACCEPTED;
        };
    premises
        .log()
        .write(
            event,
            client(),
            Field.of("what", topic.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')),
            Field.of("detail", detail));
  }

  /** The session is over: called once by the session thread, before the connection is closed. */
  void end() {
    over = true;
    discardBody();
  }

  private void closed() {
    premises.leave(this);
    if (token != null) {
      token.close();
    }
    if (opened) {
      List<Field> fields =
          new ArrayList<>(
              List.of(
                  client(),
                  Field.of("messages", messages),
                  Field.of("recipients", recipients),
                  Field.of("in", connection.octetsIn()),
                  Field.of("out", connection.octetsOut()),
                  Field.of("seconds", Duration.ofNanos(System.nanoTime() - began))));
      connection.tlsFault().ifPresent(fault -> fields.add(Field.of("tls-fault", fault)));
      premises.log().write(Event.DISCONNECT, fields.toArray(Field[]::new));
    }
  }

  @Override
  public void evict() {
    premises.log().write(Event.EVICTED, client());
    connection.interrupt(Received.Interruption.EVICTED);
  }

  /**
   * The daemon stops: ends a session that waits between messages, and others at their next turn.
   */
  void goDown() {
    goingDown = true;
    if (isBetweenMessages()) {
      connection.interrupt(Received.Interruption.SHUTTING_DOWN);
    }
  }

  /** Ends the session without another word. */
  void cut() {
    connection.cut();
  }

  private Field client() {
    return Field.of("host", connection.peerAddress());
  }

  private String nameText() {
    return switch (clientName) {
      case HostName.Known(String name) -> name;
      case HostName.Unknown unknown -> "unknown";
    };
  }
}
