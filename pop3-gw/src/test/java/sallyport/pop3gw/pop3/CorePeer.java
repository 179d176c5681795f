package sallyport.pop3gw.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import sallyport.transcript.Peer;

/**
 * A driver without sockets, with both cores in it: octets of the client and of one inside server
 * are handed to them, and their actions carried out in memory.
 */
final class CorePeer implements Peer {
  private final Dialogue dialogue;
  private final PretendAuthsrv authsrv;
  private final LoginMethod insideMethod;
  private final InsideStls insideStls;
  private final boolean insideDown;
  private final Deque<Heard> said = new ArrayDeque<>();
  final List<Action.Note> notes = new ArrayList<>();
  final List<InsideFault> faults = new ArrayList<>();
  State state;
  private InsideDialogue inside;
  private InsideState insideState = InsideState.initial();
  private String server = "";
  private byte[] fromClient = new byte[0];
  private byte[] fromInside = new byte[0];
  private final Input opening;
  private boolean ahead;
  boolean named;
  private boolean verified;

  CorePeer(Map<String, String> settings) {
    this.dialogue = new Dialogue(policy(settings));
    this.authsrv = new PretendAuthsrv(settings);
    String inward = settings.getOrDefault("inside", "apop");
    this.insideDown = inward.equals("down");
    this.insideStls =
        InsideStls.valueOf(settings.getOrDefault("inside-stls", "no").toUpperCase(Locale.ROOT));
    this.insideMethod = inward.equals("pass") ? LoginMethod.PASS : LoginMethod.APOP;
    this.state = State.initial(transport(settings));
    this.opening = opening(settings.getOrDefault("opening", "admitted"));
    open();
  }

  /** The world of the transcripts; see their README. */
  static Policy policy(Map<String, String> settings) {
    Set<LoginMethod> offers = EnumSet.noneOf(LoginMethod.class);
    for (String offer : settings.getOrDefault("offers", "apop").split(" ")) {
      offers.add(LoginMethod.valueOf(offer.toUpperCase(Locale.ROOT)));
    }
    return new Policy(
        "mail.example",
        "mail.example POP3 ready",
        "This host may not read mail here",
        offers,
        offers.stream()
            .filter(method -> method == LoginMethod.APOP || !settings.containsKey("plaintext-pass"))
            .collect(Collectors.toSet()));
  }

  private static Transport transport(Map<String, String> settings) {
    return switch (settings.getOrDefault("listener", "plain")) {
      case "plain" -> Transport.PLAIN;
      case "starttls" -> Transport.STLS_OFFERED;
      case "starttls-required" -> Transport.STLS_REQUIRED;
      case "tls" -> Transport.TLS;
      default -> throw new IllegalArgumentException(settings.toString());
    };
  }

  /** Under TLS from the beginning the greeting comes behind the handshake. */
  private void open() {
    if (state instanceof State.Connected || !(opening instanceof Input.Opened)) {
      give(opening);
    }
  }

  private Input opening(String word) {
    return switch (word) {
      case "admitted" -> new Input.Opened(Optional.of(PretendAuthsrv.CHALLENGE));
      case "not-permitted" -> new Input.NotPermitted();
      case "overloaded" -> new Input.Overloaded();
      case "no-authsrv" -> new Input.Unavailable();
      case "tls" -> new Input.NotPop3(ForeignProtocol.TLS);
      default -> throw new IllegalArgumentException(word);
    };
  }

  @Override
  public void send(byte[] octets) {
    fromClient = join(fromClient, octets);
    int used = 0;
    int step = -1;
    while (step != 0 && used < fromClient.length && state instanceof State.Ready) {
      step = clientLine(used);
      used += step;
    }
    fromClient = Arrays.copyOfRange(fromClient, used, fromClient.length);
    relay();
  }

  /** Hands over one command line; returns the octets it took, 0 when it is not whole. */
  private int clientLine(int start) {
    int end = lineFeed(fromClient, start);
    if (end < 0) {
      return 0;
    }
    Optional<byte[]> line = line(fromClient, start, end);
    ahead = end + 1 < fromClient.length;
    if (line.isEmpty()) {
      give(new Input.BareLineEnd());
    } else if (line.get().length > Dialogue.mostOctets(state)) {
      give(new Input.LineTooLong());
    } else {
      give(new Input.Line(line.get()));
    }
    return end + 1 - start;
  }

  private static int lineFeed(byte[] octets, int start) {
    int end = start;
    while (end < octets.length && octets[end] != '\n') {
      end++;
    }
    return end < octets.length ? end : -1;
  }

  /** The line without its CR LF; empty if it ends, or holds, anything else. */
  private static Optional<byte[]> line(byte[] octets, int start, int lineFeed) {
    int end = lineFeed - 1;
    if (end < start || octets[end] != '\r') {
      return Optional.empty();
    }
    byte[] line = Arrays.copyOfRange(octets, start, end);
    return Characters.text(line).indexOf('\r') >= 0 ? Optional.empty() : Optional.of(line);
  }

  private void give(Input input) {
    Step step = dialogue.on(state, input);
    state = step.state();
    step.actions().forEach(this::carryOut);
  }

  private void carryOut(Action action) {
    switch (action) {
      case Action.Send(Reply reply) -> say("", reply.octets());
      case Action.StartTls(Reply reply) -> {
        if (ahead) {
          give(new Input.SentAhead());
        } else {
          say("", reply.octets());
        }
      }
      case Action.Named ignored -> named = true;
      case Action.VerifyDigest(String login, String challenge, String digest) -> {
        assertThat(challenge).isEqualTo(PretendAuthsrv.CHALLENGE);
        verified(authsrv.verify(login, digest));
      }
      case Action.VerifyPassword(String login, var password) ->
          verified(authsrv.password(login, password));
      case Action.Deny ignored -> verified(authsrv.deny());
      case Action.ConnectInside(String name) -> {
        assertThat(verified).as("an inside connection before a login").isTrue();
        connect(name);
      }
      case Action.Relay ignored -> {
        assertThat(verified && insideState instanceof InsideState.Over && faults.isEmpty())
            .as("relayed without both logins")
            .isTrue();
        relay();
      }
      case Action.Close ignored -> said.add(new Heard.Closed());
      case Action.Note note -> notes.add(note);
    }
  }

  private void verified(Input answer) {
    verified = answer instanceof Input.LoggedIn;
    give(answer);
  }

  private void connect(String name) {
    server = name;
    if (insideDown) {
      faults.add(InsideFault.UNREACHABLE);
      give(new Input.InsideFailed(InsideFault.UNREACHABLE.trouble()));
      return;
    }
    inside = new InsideDialogue(insideMethod, authsrv.insideName(), insideStls);
  }

  void insideSays(byte[] octets) {
    fromInside = join(fromInside, octets);
    int end = 0;
    while (end >= 0
        && inside != null
        && !(insideState instanceof InsideState.Over)
        && !(insideState instanceof InsideState.Securing)) {
      end = insideLine();
    }
    relay();
  }

  boolean isInsideSecuring() {
    return insideState instanceof InsideState.Securing && state instanceof State.Connecting;
  }

  /** Hands over one line of the inside server; returns -1 when there is none that is whole. */
  private int insideLine() {
    int end = lineFeed(fromInside, 0);
    if (end < 0) {
      if (fromInside.length > InsideDialogue.MAX_LINE_OCTETS + 1) {
        giveInside(new InsideInput.LineTooLong());
      }
      return -1;
    }
    Optional<byte[]> line = line(fromInside, 0, end);
    fromInside = Arrays.copyOfRange(fromInside, end + 1, fromInside.length);
    if (line.isEmpty()) {
      giveInside(new InsideInput.BareLineEnd());
    } else if (line.get().length > InsideDialogue.MAX_LINE_OCTETS) {
      giveInside(new InsideInput.LineTooLong());
    } else {
      giveInside(new InsideInput.Line(line.get(), fromInside.length > 0));
    }
    return end;
  }

  private void giveInside(InsideInput input) {
    InsideStep step = inside.on(insideState, input);
    insideState = step.state();
    switch (step.action()) {
      case InsideAction.AskDigest(String timestamp) -> giveInside(authsrv.respond(timestamp));
      case InsideAction.AskSecret ignored -> giveInside(authsrv.secret());
      case InsideAction.Send(InsideCommand command) -> say(toInside(), command.octets());
      case InsideAction.Read ignored -> {
        // What it says is read as long as there is a dialogue.
      }
      case InsideAction.StartTls ignored -> {
        // A transcript says what comes of it.
      }
      case InsideAction.Ready ignored -> give(new Input.InsideReady());
      case InsideAction.Failed(InsideFault fault) -> {
        faults.add(fault);
        give(new Input.InsideFailed(fault.trouble()));
      }
    }
  }

  private String toInside() {
    return "[" + server + "] ";
  }

  private void relay() {
    if (state instanceof State.Relaying) {
      say(toInside(), fromClient);
      say("", fromInside);
      fromClient = new byte[0];
      fromInside = new byte[0];
    }
  }

  private void say(String to, byte[] octets) {
    String text = Characters.text(octets);
    String whole = text.endsWith("\r\n") ? text.substring(0, text.length() - 2) : text;
    if (!text.isEmpty()) {
      for (String line : whole.split("\r\n", -1)) {
        said.add(new Heard.Line(to + line));
      }
    }
  }

  @Override
  public void endInput() {
    give(new Input.EndOfInput());
  }

  @Override
  public void happen(String event) {
    if (event.startsWith("inside: ")) {
      insideSays((event.substring(8) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    } else if (event.startsWith("inside- ")) {
      insideSays(event.substring(8).getBytes(StandardCharsets.ISO_8859_1));
    } else {
      trouble(event);
    }
  }

  private void trouble(String event) {
    switch (event) {
      case "tls starts" -> {
        give(new Input.TlsStarted());
        if (state instanceof State.Connected) {
          open();
        }
      }
      case "tls fails" -> give(new Input.TlsFailed());
      case "inside tls starts" -> giveInside(new InsideInput.TlsStarted());
      case "inside tls fails" -> giveInside(new InsideInput.TlsFailed());
      case "inside closes" -> giveInside(new InsideInput.EndOfInput());
      case "inside is silent" -> giveInside(new InsideInput.TimedOut());
      case "time-out" -> give(new Input.TimedOut());
      case "shutting down" -> give(new Input.ShuttingDown());
      case "evicted" -> give(new Input.Evicted());
      default -> throw new UnsupportedOperationException(event);
    }
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
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
  public void close() {}
}
