package sallyport.smapd.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.EventLog;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.smapd.OfflineQueue;
import sallyport.smapd.control.Administration;
import sallyport.smapd.control.ControlClient;
import sallyport.spool.SpoolException;
import sallyport.spool.SpoolLockedException;
import sallyport.spool.SpoolNewerException;

/** What all commands share: the way to the queue, and the way to say something. */
final class Desk {
  /** The exit code of an answer that is a no. */
  static final int NO = 1;

  /** How long a smapd that starts or stops is waited for. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int LINES_TOGETHER = 500;
  private static final Duration STEP = Duration.ofMillis(200);
  private static final String MOVING =
      "smapd is starting or stopping, or another smapq is at work; try again";

  private final Streams streams;
  private final Account account;
  private final EventLog log;
  private final Duration patience;
  private final String by;
  private Path table = Path.of(DaemonCommand.DEFAULT_TABLE);
  private Optional<Place> place = Optional.empty();
  private long said;

  /** How the process comes to be smapd's account, before it opens anything. */
  interface Account {
    void become(DaemonConfig config) throws StartupException;
  }

  /**
   * A desk.
   *
   * @param log of what is done while smapd does not run
   * @param by who asks, for the log
   */
  Desk(Streams streams, Account account, EventLog log, String by, Duration patience) {
    this.streams = streams;
    this.account = account;
    this.log = log;
    this.by = by;
    this.patience = patience;
  }

  void useTable(Path file) {
    table = file;
  }

  Streams streams() {
    return streams;
  }

  String by() {
    return by;
  }

  boolean onTerminal() {
    return streams.terminal().isPresent();
  }

  /**
   * The queue: through smapd if it runs, else its files. From here on the process is its account.
   */
  Administration open() throws StartupException, IOException {
    Place known = enter();
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<Administration> found = tryOnce(known);
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - end > 0) {
        throw new StartupException(ExitCode.UNAVAILABLE, MOVING);
      }
      pause();
    }
  }

  /** Once: the account that the process is then may not be able to read the table. */
  private Place enter() throws StartupException {
    if (place.isEmpty()) {
      Place read = Place.of(DaemonCommand.readTable(table));
      account.become(read.daemon());
      place = Optional.of(read);
    }
    return place.get();
  }

  /** Empty if it may be otherwise in a moment. */
  private Optional<Administration> tryOnce(Place place) throws StartupException, IOException {
    try {
      return Optional.of(ControlClient.connect(place.socket(), patience));
    } catch (ConnectException e) {
      return files(place);
    } catch (SocketTimeoutException e) {
      throw new StartupException(ExitCode.UNAVAILABLE, MOVING, e);
    } catch (ProtocolException e) {
      String why = String.valueOf(e.getMessage());
      if (why.equals(ControlClient.ENDED)) {
        return Optional.empty();
      }
      throw new StartupException(ExitCode.UNAVAILABLE, why, e);
    } catch (SocketException e) {
      return Optional.empty();
    }
  }

  private Optional<Administration> files(Place place) throws StartupException, IOException {
    try {
      return Optional.of(OfflineQueue.open(place.smapd(), place.daemon(), log));
    } catch (SpoolLockedException e) {
      return Optional.empty();
    } catch (SpoolNewerException e) {
      throw new StartupException(ExitCode.CONFIG, String.valueOf(e.getMessage()), e);
    } catch (SpoolException e) {
      throw new StartupException(ExitCode.NO_PERMISSION, String.valueOf(e.getMessage()), e);
    }
  }

  private static void pause() throws StartupException {
    try {
      TimeUnit.NANOSECONDS.sleep(STEP.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException(ExitCode.UNAVAILABLE, MOVING, e);
    }
  }

  /** Says a line of the answer; fails if nobody takes it any more. */
  void say(String line) throws IOException {
    streams.out().println(line);
    said++;
    // Which also sends it: to a person at once, to a program in larger parts.
    if ((onTerminal() || said % LINES_TOGETHER == 0) && streams.out().checkError()) {
      throw new IOException("the answer cannot be written");
    }
  }

  /** Beside the answer: what a program that reads the answer must not find in it. */
  void note(String line) {
    streams.out().flush();
    streams.err().println(line);
  }

  /** An answer that is a no. */
  int no(String line) {
    note(line);
    return NO;
  }

  static StartupException wrong(String line) {
    return new StartupException(ExitCode.USAGE, line);
  }
}
