package sallyport.smap.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.transcript.Peer;

/** A driver without sockets: it hands octets to the core and carries its actions out in memory. */
final class CorePeer implements Peer {
  static final Duration DELAY = Duration.ofSeconds(1);

  private final Dialogue dialogue;
  private final Deque<Heard> said = new ArrayDeque<>();
  private final List<byte[]> messages = new ArrayList<>();
  final List<Action.Note> notes = new ArrayList<>();
  final List<Transaction> committed = new ArrayList<>();
  Duration delayed = Duration.ZERO;
  State state = State.initial();
  private byte[] buffer = new byte[0];
  private BodyScanner scanner;
  private ByteArrayOutputStream body = new ByteArrayOutputStream();
  private boolean open; // a body was begun, and neither committed nor discarded
  private Input nextTls = new Input.TlsStarted();
  private Input nextCommit = new Input.Committed("0123456789abcdef-1");

  CorePeer(Map<String, String> settings) {
    this.dialogue = new Dialogue(policy(settings));
    give(opening(settings.getOrDefault("opening", "admitted")));
  }

  /** The world of the transcripts; see their README. */
  static Policy policy(Map<String, String> settings) {
    Limits limits =
        new Limits(
            Long.parseLong(settings.getOrDefault("maxbytes", "26214400")),
            Integer.parseInt(settings.getOrDefault("maxrecip", "100")),
            Integer.parseInt(settings.getOrDefault("maxhops", "50")),
            10,
            20,
            100,
            DELAY);
    LineEnds lineEnds =
        switch (settings.getOrDefault("bare-lf", "reject")) {
          case "reject" -> LineEnds.REJECT;
          case "normalize" -> LineEnds.NORMALIZE;
          default -> throw new IllegalArgumentException("bare-lf");
        };
    StartTls startTls =
        switch (settings.getOrDefault("starttls", "absent")) {
          case "absent" -> StartTls.ABSENT;
          case "offered" -> StartTls.OFFERED;
          case "required" -> StartTls.REQUIRED;
          default -> throw new IllegalArgumentException("starttls");
        };
    return new Policy(
        "mail.example", limits, lineEnds, startTls, CorePeer::sender, CorePeer::recipient);
  }

  private static SenderPolicy.Verdict sender(Sender sender) {
    return sender.text().endsWith("@refused.example")
        ? SenderPolicy.Verdict.REFUSED
        : SenderPolicy.Verdict.ACCEPT;
  }

  private static RecipientPolicy.Verdict recipient(Mailbox mailbox) {
    return switch (mailbox.domain()) {
      case "inside.example" ->
          mailbox.localPart().equals("nobody")
              ? RecipientPolicy.Verdict.UNKNOWN
              : RecipientPolicy.Verdict.ACCEPT;
      case "noroute.example" -> RecipientPolicy.Verdict.NO_ROUTE;
      default -> RecipientPolicy.Verdict.RELAYING_DENIED;
    };
  }

  private static Input opening(String word) {
    return switch (word) {
      case "admitted" -> new Input.Opened();
      case "not-permitted" -> new Input.NotPermitted();
      case "overloaded" -> new Input.Overloaded();
      case "sent-ahead" -> new Input.SentAhead();
      case "tls" -> new Input.NotSmtp(ForeignProtocol.TLS);
      default -> throw new IllegalArgumentException(word);
    };
  }

  @Override
  public void send(byte[] octets) {
    byte[] joined = Arrays.copyOf(buffer, buffer.length + octets.length);
    System.arraycopy(octets, 0, joined, buffer.length, octets.length);
    buffer = joined;
    int used = 0;
    int step = -1;
    while (step != 0 && used < buffer.length && !(state instanceof State.Closed)) {
      step = scanner == null ? line(used) : body(used);
      used += step;
    }
    buffer = Arrays.copyOfRange(buffer, used, buffer.length);
  }

  /** Hands over one command line; returns the octets it took, 0 when it is not whole. */
  private int line(int start) {
    for (int i = start; i < buffer.length; i++) {
      boolean lf = buffer[i] == '\n';
      boolean cr = i > start && buffer[i - 1] == '\r';
      if (lf != cr) {
        give(new Input.BareLineEnd());
        return i + 1 - start;
      }
      if (lf) {
        int length = i - 1 - start;
        byte[] octets = Arrays.copyOfRange(buffer, start, i - 1);
        give(
            length > Dialogue.MAX_COMMAND_OCTETS
                ? new Input.LineTooLong()
                : new Input.Line(octets, i + 1 < buffer.length));
        return i + 1 - start;
      }
    }
    return 0;
  }

  private int body(int start) {
    int used = scanner.feed(buffer, start, buffer.length - start, (b, o, n) -> body.write(b, o, n));
    if (scanner.ended()) {
      BodyReport report = scanner.report();
      scanner = null;
      give(new Input.BodyEnd(report));
    }
    return used;
  }

  private void give(Input input) {
    Step step = dialogue.on(state, input);
    state = step.state();
    step.actions().forEach(this::carryOut);
  }

  private void carryOut(Action action) {
    switch (action) {
      case Action.Send(Reply reply) -> {
        assertThat(open).as("body left open before %s", reply).isFalse();
        say(reply);
      }
      case Action.Delay(Duration time) -> delayed = delayed.plus(time);
      case Action.ReceiveBody(Transaction ignored, BodyRules rules) -> {
        scanner = new BodyScanner(rules);
        open = true;
        body = new ByteArrayOutputStream();
      }
      case Action.Commit(Transaction transaction) -> {
        assertThat(open).isTrue();
        open = false;
        if (nextCommit instanceof Input.Committed) {
          messages.add(body.toByteArray());
          committed.add(transaction);
        }
        give(nextCommit);
      }
      case Action.BeginTls ignored -> give(nextTls);
      case Action.Discard ignored -> {
        assertThat(open).isTrue();
        open = false;
      }
      case Action.Close ignored -> {
        assertThat(open).as("body left open at close").isFalse();
        scanner = null;
        said.add(new Heard.Closed());
      }
      case Action.Note note -> notes.add(note);
    }
  }

  private void say(Reply reply) {
    String text = CommandParser.text(reply.octets());
    for (String line : text.substring(0, text.length() - 2).split("\r\n", -1)) {
      said.add(new Heard.Line(line));
    }
  }

  @Override
  public void endInput() {
    scanner = null;
    give(new Input.EndOfInput());
  }

  @Override
  public void happen(String event) {
    Optional<Input> commit =
        switch (event) {
          case "disk full" ->
              Optional.of(new Input.CommitRefused(Input.CommitRefused.Reason.NO_SPACE));
          case "disk trouble" ->
              Optional.of(new Input.CommitRefused(Input.CommitRefused.Reason.TROUBLE));
          case "disk unknown" -> Optional.of(new Input.CommitUnknown());
          case "tls fails" -> {
            nextTls = new Input.TlsFailed("no cipher suites in common");
            yield Optional.of(nextCommit);
          }
          case "disk well" -> Optional.of(new Input.Committed("0123456789abcdef-2"));
          default -> Optional.empty();
        };
    commit.ifPresentOrElse(outcome -> nextCommit = outcome, () -> give(trouble(event)));
  }

  private static Input trouble(String event) {
    return switch (event) {
      case "time-out" -> new Input.TimedOut();
      case "too slow" -> new Input.TooSlow();
      case "session too old" -> new Input.SessionTooOld();
      case "shutting down" -> new Input.ShuttingDown();
      case "evicted" -> new Input.Evicted();
      default -> throw new UnsupportedOperationException(event);
    };
  }

  @Override
  public Heard hear() {
    return said.isEmpty() ? new Heard.Silence() : said.removeFirst();
  }

  @Override
  public boolean hasMore() {
    return !said.isEmpty();
  }

  @Override
  public List<byte[]> messages() {
    return messages;
  }

  @Override
  public void close() {}
}
