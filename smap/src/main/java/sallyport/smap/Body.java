package sallyport.smap;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Connection;
import sallyport.daemon.tls.TlsFacts;
import sallyport.smap.smtp.BodyRules;
import sallyport.smap.smtp.BodyScanner;
import sallyport.smap.smtp.Input;
import sallyport.smap.smtp.ReceivedField;
import sallyport.smap.smtp.Transaction;
import sallyport.spool.Incoming;
import sallyport.spool.QueueId;
import sallyport.spool.SpoolFullException;

/**
 * One message body on its way from the connection into the spool.
 *
 * <p>Whatever goes wrong on the spool's side, the body is read to its true end before it is
 * answered: what stands in a body never runs as a command.
 */
final class Body {

  /** The minimum rate is asked for only after this. */
  static final Duration GRACE = Duration.ofSeconds(30);

  private final QueueId id;
  private final Instant arrival;
  private final Incoming incoming;
  private long octets;
  private @Nullable IOException spoolFailure;

  Body(QueueId id, Instant arrival, Incoming incoming) {
    this.id = id;
    this.arrival = arrival;
    this.incoming = incoming;
  }

  QueueId id() {
    return id;
  }

  Instant arrival() {
    return arrival;
  }

  Incoming incoming() {
    return incoming;
  }

  long octets() {
    return octets;
  }

  /** Reads to the end of the body, and says how it ended. */
  Input receive(
      Connection connection,
      Transaction transaction,
      BodyRules rules,
      Premises premises,
      String clientName) {
    byte[] received =
        ReceivedField.of(
            connection.peerAddress(),
            clientName,
            premises.config().hostname(),
            id.text(),
            transaction,
            connection.tls().map(TlsFacts::summary).orElse(""),
            arrival);
    keep(received, 0, received.length);
    BodyScanner scanner = new BodyScanner(rules);
    Pace pace = new Pace(premises.config(), System.nanoTime());
    long before = connection.octetsIn();
    try {
      while (!scanner.ended()) {
        if (connection.position() == connection.limit()
            && connection.fill(pace.deadline(connection.octetsIn() - before)) < 0) {
          return new Input.EndOfInput();
        }
        int start = connection.position();
        int length = connection.limit() - start;
        connection.consume(scanner.feed(connection.buffer(), start, length, this::keep));
      }
    } catch (SocketTimeoutException e) {
      return pace.silent() ? new Input.TimedOut() : new Input.TooSlow();
    } catch (IOException e) {
      return new Input.EndOfInput();
    }
    return spoolFailure == null
        ? new Input.BodyEnd(scanner.report())
        : new Input.CommitRefused(reason(spoolFailure));
  }

  private void keep(byte[] from, int offset, int length) {
    if (spoolFailure != null) {
      return;
    }
    try {
      incoming.write(from, offset, length);
      octets += length;
    } catch (IOException e) {
      spoolFailure = e;
      incoming.discard();
    }
  }

  private static Input.CommitRefused.Reason reason(IOException failure) {
    return failure instanceof SpoolFullException
        ? Input.CommitRefused.Reason.NO_SPACE
        : Input.CommitRefused.Reason.TROUBLE;
  }

  /**
   * How long the next octets may take: {@code timeout} for silence, {@code data-time} for the
   * whole, and on average {@code min-rate} once {@link #GRACE} is over.
   */
  static final class Pace {
    private final SmapConfig config;
    private final long began;
    private boolean silent;

    Pace(SmapConfig config, long began) {
      this.config = config;
      this.began = began;
    }

    long deadline(long octetsSoFar) {
      long silence = System.nanoTime() + config.timeout().toNanos();
      long whole = began + config.dataTime().toNanos();
      long rate =
          config.minRate() == 0
              ? Long.MAX_VALUE / 2
              : TimeUnit.SECONDS.toNanos(octetsSoFar / config.minRate());
      long slow = began + Math.max(GRACE.toNanos(), Math.min(rate, TimeUnit.DAYS.toNanos(1)));
      long earliest = silence;
      earliest = slow - earliest < 0 ? slow : earliest;
      earliest = whole - earliest < 0 ? whole : earliest;
      silent = earliest == silence;
      return earliest;
    }

    boolean silent() {
      return silent;
    }
  }
}
