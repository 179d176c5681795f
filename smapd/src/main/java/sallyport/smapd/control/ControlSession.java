package sallyport.smapd.control;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Optional;

/** What smapd does with one connection: reads requests, and has each done before the next. */
final class ControlSession {
  /** How long a client may think before it asks, and how long its line may take. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The first line of each session: name and version of the protocol. */
  static final String GREETING = "smapd 1";

  /** The first and only line when there are too many sessions. */
  static final String BUSY = "busy";

  private static final int MAX_REASON = 1000;

  private final ControlChannel channel;
  private final Administration administration;

  ControlSession(ControlChannel channel, Administration administration) {
    this.channel = channel;
    this.administration = administration;
  }

  /**
   * Serves until the client goes.
   *
   * @throws IOException when it broke the grammar, was too slow, or is gone
   */
  void serve() throws IOException {
    channel.line(GREETING);
    channel.flush();
    Optional<String> line = channel.readLine(Request.MAX_LINE, PATIENCE);
    while (line.isPresent()) {
      Optional<Request> request = Request.parse(line.get());
      if (request.isEmpty()) {
        channel.line("wrong");
        channel.flush();
        throw new ProtocolException("no request of the grammar");
      }
      answer(request.get());
      channel.flush();
      line = channel.readLine(Request.MAX_LINE, PATIENCE);
    }
  }

  /** A broken disk ends the answer; a broken connection ends the session. */
  private void answer(Request request) throws IOException {
    try {
      int waiting =
          switch (request) {
            case Request.ListThem list -> administration.list(list.which(), this::send);
            case Request.Show show -> show(show);
            case Request.Write write -> write(write);
            case Request.Act act -> {
              administration.act(act.action(), act.which(), act.by(), this::send);
              yield 0;
            }
          };
      channel.line("end " + waiting);
    } catch (PeerException e) {
      throw e.cause;
    } catch (IOException e) {
      channel.line("failed " + Words.escape(shortened(String.valueOf(e.getMessage()))));
    }
  }

  private static String shortened(String reason) {
    return reason.substring(0, Math.min(reason.length(), MAX_REASON));
  }

  private int show(Request.Show request) throws IOException {
    Optional<Details> details = administration.show(request.id());
    if (details.isPresent()) {
      send(details.get().entry());
      toPeer(() -> {
        for (Details.Fact fact : details.get().facts()) {
          channel.line(fact.line());
        }
        for (String line : details.get().history()) {
          channel.line(Details.historyLine(line));
        }
      });
    }
    return 0;
  }

  private int write(Request.Write request) throws IOException {
    Optional<Result> trouble =
        administration.write(
            request.id(),
            request.part(),
            new OutputStream() {
              @Override
              public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
              }

              @Override
              public void write(byte[] octets, int from, int length) throws IOException {
                toPeer(() -> {
                  if (length > 0) {
                    channel.line("data " + length);
                    channel.octets(octets, from, length);
                  }
                });
              }
            });
    if (trouble.isPresent()) {
      send(trouble.get());
    }
    return 0;
  }

  private void send(Entry entry) throws IOException {
    toPeer(() -> {
      for (String line : entry.lines()) {
        channel.line(line);
      }
    });
  }

  /** At once: what was done is to be known, also if the rest takes long. */
  private void send(Result result) throws IOException {
    toPeer(() -> channel.line(result.line()));
  }

  private interface Sending {
    void run() throws IOException;
  }

  private static void toPeer(Sending sending) throws PeerException {
    try {
      sending.run();
    } catch (IOException e) {
      throw new PeerException(e);
    }
  }

  /** The connection failed, and not what was asked for. */
  private static final class PeerException extends IOException {
    private static final long serialVersionUID = 1;
    private final IOException cause;

    PeerException(IOException cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
