package sallyport.smapd.control;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sallyport.spool.Envelope;
import sallyport.spool.QueueId;

/** The queue of a smapd that runs, through its control socket. */
public final class ControlClient implements Administration {
  /** How long smapd may take from one line to the next. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The message of the {@link ProtocolException} when smapd ended the connection. */
  public static final String ENDED = "smapd ended the connection";

  /** Octets in the longest line of a reply, its end included. */
  static final int MAX_LINE = 16 * 1024;

  private static final int BUFFER = 64 * 1024;

  private final ControlChannel channel;

  private ControlClient(ControlChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects.
   *
   * @param patience how long smapd may take to answer, in which it may be starting
   * @throws ConnectException if nobody listens there
   * @throws java.net.SocketTimeoutException if nobody answered in time
   * @throws ProtocolException if it cannot talk to us now; the message says why
   */
  public static ControlClient connect(Path socket, Duration patience) throws IOException {
    SocketChannel connected;
    try {
      connected = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (ConnectException e) {
      throw e;
    } catch (java.net.SocketException e) {
      // A missing file is no ConnectException in the JDK.
      ConnectException nobody = new ConnectException(String.valueOf(e.getMessage()));
      nobody.initCause(e);
      throw nobody;
    }
    ControlChannel channel = new ControlChannel(connected, PATIENCE);
    try {
      Optional<String> greeting = channel.readLine(MAX_LINE, patience);
      if (greeting.isEmpty()) {
        throw new ProtocolException(ENDED);
      } else if (greeting.get().equals(ControlSession.BUSY)) {
        throw new ProtocolException("too many administrators at a time");
      } else if (!greeting.get().equals(ControlSession.GREETING)) {
        throw new ProtocolException("smapd is another version");
      }
      return new ControlClient(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public int list(Selection which, Sink<Entry> to) throws IOException {
    ask(new Request.ListThem(which));
    while (true) {
      String line = next();
      Optional<Integer> end = end(line);
      if (end.isPresent()) {
        return end.get();
      }
      to.take(entry(line));
    }
  }

  private Entry entry(String line) throws IOException {
    Entry.Head head = Entry.Head.parse(line).orElseThrow(ControlClient::broken);
    if (head.recipients() > Envelope.MAX_RECIPIENTS) {
      throw broken();
    }
    List<Entry.Recipient> recipients = new ArrayList<>();
    for (int i = 0; i < head.recipients(); i++) {
      recipients.add(Entry.recipient(next()).orElseThrow(ControlClient::broken));
    }
    return head.with(recipients);
  }

  @Override
  public Optional<Details> show(QueueId id) throws IOException {
    ask(new Request.Show(id));
    String line = next();
    if (end(line).isPresent()) {
      return Optional.empty();
    }
    Entry entry = entry(line);
    List<Details.Fact> facts = new ArrayList<>();
    List<String> history = new ArrayList<>();
    for (line = next(); end(line).isEmpty(); line = next()) {
      Optional<Details.Fact> fact = Details.Fact.parse(line);
      if (fact.isPresent()) {
        facts.add(fact.get());
      } else {
        history.add(Details.history(line).orElseThrow(ControlClient::broken));
      }
    }
    return Optional.of(new Details(entry, facts, history));
  }

  @Override
  public Optional<Result> write(QueueId id, Part part, OutputStream to) throws IOException {
    ask(new Request.Write(part, id));
    Optional<Result> trouble = Optional.empty();
    for (String line = next(); end(line).isEmpty(); line = next()) {
      Optional<List<String>> data = Words.of(line, "data", 1);
      if (data.isPresent()) {
        copy(data.get().getFirst(), to);
      } else {
        trouble = Optional.of(Result.parse(line).orElseThrow(ControlClient::broken));
      }
    }
    return trouble;
  }

  private void copy(String length, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    int left = number(length);
    while (left > 0) {
      int read = channel.read(buffer, Math.min(left, buffer.length), PATIENCE);
      if (read < 0) {
        throw new ProtocolException(ENDED);
      }
      to.write(buffer, 0, read);
      left -= read;
    }
  }

  @Override
  public void act(Action action, Selection which, String by, Sink<Result> to) throws IOException {
    ask(new Request.Act(action, by, which));
    for (String line = next(); end(line).isEmpty(); line = next()) {
      to.take(Result.parse(line).orElseThrow(ControlClient::broken));
    }
  }

  private void ask(Request request) throws IOException {
    channel.line(request.line());
    channel.flush();
  }

  private String next() throws IOException {
    return channel.readLine(MAX_LINE, PATIENCE).orElseThrow(() -> new ProtocolException(ENDED));
  }

  /** The number of an end line; empty for any other line. */
  private static Optional<Integer> end(String line) throws IOException {
    Optional<List<String>> failed = Words.of(line, "failed", 1);
    if (failed.isPresent()) {
      throw new IOException(failed.get().getFirst());
    }
    Optional<List<String>> end = Words.of(line, "end", 1);
    return end.isEmpty() ? Optional.empty() : Optional.of(number(end.get().getFirst()));
  }

  private static int number(String text) throws IOException {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // As below.
    }
    throw broken();
  }

  private static ProtocolException broken() {
    return new ProtocolException("smapd answers what this version does not know");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
