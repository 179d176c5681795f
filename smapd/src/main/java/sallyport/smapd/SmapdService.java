package sallyport.smapd;

import jakarta.mail.Session;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Account;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.DnsNames;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Field;
import sallyport.daemon.Jail;
import sallyport.daemon.Meanwhile;
import sallyport.daemon.ServerAddresses;
import sallyport.daemon.Service;
import sallyport.daemon.Startup;
import sallyport.daemon.StartupException;
import sallyport.daemon.UnixListener;
import sallyport.daemon.Watchdog;
import sallyport.daemon.tls.TlsRehearsal;
import sallyport.netperm.HostAndPort;
import sallyport.smapd.control.ControlDoor;
import sallyport.spool.DiskFiles;
import sallyport.spool.Queue;
import sallyport.spool.QueueAlert;
import sallyport.spool.SpoolException;
import sallyport.spool.SpoolFolders;
import sallyport.spool.SpoolLockedException;
import sallyport.spool.SpoolNewerException;
import sallyport.spool.SpoolRehearsal;

/**
 * smapd as {@link sallyport.daemon.Lifecycle} runs it. Listens on no network, ever; its one socket
 * is for the administrator, see {@link ControlDoor}.
 */
final class SmapdService implements Service {

  private final SmapdConfig config;
  private final DaemonConfig daemon;
  private final HubTimes times;

  /** How long another process may still have the queue, such as smapq at work. */
  static final Duration LOCK_PATIENCE = Duration.ofSeconds(60);

  private static final Duration LOCK_STEP = Duration.ofMillis(100);

  private @Nullable Startup startup;
  private @Nullable SpoolFolders folders;
  private final Map<Destination, Agent> hubs = new LinkedHashMap<>();
  private @Nullable Queue queue;
  private @Nullable Arrivals arrivals;
  private @Nullable Deliveries deliveries;
  private @Nullable UnixListener control;
  private @Nullable ControlDoor door;
  private @Nullable Watchdog watchdog;

  SmapdService(SmapdConfig config, DaemonConfig daemon) {
    this(config, daemon, HubTimes.DEFAULT);
  }

  SmapdService(SmapdConfig config, DaemonConfig daemon, HubTimes times) {
    this.config = config;
    this.daemon = daemon;
    this.times = times;
  }

  /** A chroot has no sendmail, and no-new-privileges would break one that is set-gid. */
  @Override
  public Jail jail() {
    return config.sendmail().isPresent() ? Jail.ACCOUNT_ONLY : Jail.CHROOT;
  }

  @Override
  public void prepare(Startup given) throws StartupException {
    startup = given;
    Meanwhile tls = Meanwhile.start("TLS rehearsal", this::rehearseTls);
    SpoolFolders checked = checkedFolders(given.privileges());
    folders = checked;
    bindControl(checked);
    Watchdog deadlines = new Watchdog(times.command());
    watchdog = deadlines;
    Session session = HubTransport.session(daemon.hostname(), times);
    ServerAddresses names = new ServerAddresses(DnsNames.of(daemon.nameservers()));
    for (Destination destination : config.routing().destinations()) {
      switch (destination) {
        case Destination.Hubs found -> {
          hubs.put(
              found,
              new Hub(found, daemon.hostname(), names::of, session, times, deadlines, given.log()));
          found.inOrder().forEach(name -> lookUp(name, names, given.log()));
        }
        case Destination.Program program -> {
          hubs.put(program, new Sendmail(program, times));
          lookFor(program, given.log());
        }
      }
    }
    rehearse(session, deadlines);
    tls.await();
  }

  /** First of all: a second smapd on this spool ends here, and says so. */
  private void bindControl(SpoolFolders checked) throws StartupException {
    Path path = checked.queue().resolve(ControlDoor.SOCKET);
    UnixListener bound = UnixListener.bindForOwner(path, must(startup).config().account());
    control = bound;
    try {
      ControlDoor.rehearse(bound);
    } catch (IOException e) {
      throw new StartupException(ExitCode.OS, path + ": " + e.getMessage(), e);
    }
  }

  private SpoolFolders checkedFolders(Startup.Privileges privileges) throws StartupException {
    try {
      SpoolFolders found = new SpoolFolders(daemon.directory()).withBad(config.badDirectory());
      switch (privileges) {
        case NONE -> found.makeUnconfined();
        case TO_BE_DROPPED -> {
          Account account = daemon.account().orElseThrow();
          found.checkConfined(SpoolFolders.Side.DELIVERY, account.uid(), account.gid());
        }
      }
      return found;
    } catch (SpoolException e) {
      throw new StartupException(ExitCode.NO_PERMISSION, "spool: " + e.getMessage(), e);
    }
  }

  /** A name that nobody knows now may be known later: this is said, and keeps nobody from start. */
  private static void lookUp(HostAndPort hub, ServerAddresses names, EventLog log) {
    try {
      names.of(hub);
    } catch (IOException e) {
      log.write(
          Event.TROUBLE,
          Field.of("what", "looking up a hub"),
          Field.of("hub", hub.toString()),
          Deliveries.error(e));
    }
  }

  /** The same for a program that is not there. */
  private static void lookFor(Destination.Program program, EventLog log) {
    if (!Files.isRegularFile(program.path())) {
      log.write(
          Event.TROUBLE,
          Field.of("what", "looking for sendmail"),
          Field.of("file", program.toString()),
          Field.of("error", "there is no such program"));
    }
  }

  /** Loads what a hand-over needs, before the root folder changes. */
  private void rehearse(Session session, Watchdog deadlines) throws StartupException {
    try {
      HubTransport.rehearse(session, deadlines);
      HeaderCheck.judge(new byte[0], config.headers());
      SpoolRehearsal.run();
    } catch (IOException e) {
      throw new StartupException(ExitCode.SOFTWARE, "rehearsal: " + e.getMessage(), e);
    }
  }

  private void rehearseTls() throws StartupException {
    try {
      TlsRehearsal.run(config.tlsProfile(), config.legs());
    } catch (IOException e) {
      throw new StartupException(ExitCode.SOFTWARE, "rehearsal: " + e.getMessage(), e);
    }
  }

  @Override
  public void confined(Path root) throws StartupException {
    SpoolFolders inside = must(folders).at(root);
    Startup given = must(startup);
    try {
      Queue opened = openQueue(inside, given);
      queue = opened;
      arrivals = Arrivals.in(inside.new_(), config.wakeupOnArrival());
      deliveries =
          new Deliveries(
              opened,
              new Returns(
                  opened::add,
                  daemon.hostname(),
                  Optional.of(config.postmaster(daemon.hostname())),
                  InstantSource.system()),
              must(arrivals),
              config,
              hubs,
              given.log(),
              InstantSource.system(),
              given.ending()::fatal);
      UnixListener bound = must(control);
      door = new ControlDoor(bound, bound.owner(), must(deliveries).administration(), given.log());
    } catch (SpoolLockedException e) {
      throw new StartupException(ExitCode.UNAVAILABLE, "spool: " + e.getMessage(), e);
    } catch (SpoolNewerException e) {
      throw new StartupException(ExitCode.CONFIG, "spool: " + e.getMessage(), e);
    } catch (SpoolException e) {
      throw new StartupException(ExitCode.NO_PERMISSION, "spool: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StartupException(ExitCode.IO, "the queue cannot be opened: " + e.getMessage(), e);
    }
  }

  /**
   * No other smapd runs: its socket would have answered. One that ends, or smapq, is waited for.
   */
  private Queue openQueue(SpoolFolders folders, Startup given) throws IOException {
    long end = System.nanoTime() + LOCK_PATIENCE.toNanos();
    while (true) {
      try {
        return Queue.open(
            new DiskFiles(),
            folders,
            config.queueLimits(),
            alert -> alert(given.log(), alert, given.ending()::fatal));
      } catch (SpoolLockedException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.NANOSECONDS.sleep(LOCK_STEP.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the queue was locked");
    }
  }

  /** Logs what the spool tells. */
  static void alert(EventLog log, QueueAlert alert, Consumer<Throwable> fatal) {
    Field file = Field.of("file", alert.name());
    Field reason = Field.of("reason", alert.detail());
    switch (alert.kind()) {
      case NOT_TAKEN -> log.write(Event.STRANGE_FILE, file, reason);
      case DAMAGED, LOG_DAMAGED -> log.write(Event.DAMAGED, file, reason);
      case UNREADABLE, NOT_FINISHED ->
          log.write(Event.TROUBLE, Field.of("what", "spool"), file, reason);
      case BROKEN -> fatal.accept(new IOException(alert.name() + ": " + alert.detail()));
    }
  }

  @Override
  public void serve() {
    must(deliveries).start();
    must(door).open();
  }

  @Override
  public Optional<String> ailing() {
    return must(deliveries).ailing();
  }

  @Override
  public void drain(Duration bound) {
    must(door).close();
    must(deliveries).drain(bound);
  }

  @Override
  public void close() {
    if (door != null) {
      door.close();
    } else if (control != null) {
      control.close();
    }
    if (deliveries != null) {
      deliveries.close();
    }
    if (arrivals != null) {
      arrivals.close();
    }
    if (watchdog != null) {
      watchdog.close();
    }
    if (queue != null) {
      try {
        queue.close();
      } catch (IOException e) {
        must(startup).log().write(Event.TROUBLE, Field.of("what", "spool"), Deliveries.error(e));
      }
    }
  }

  private static <T> T must(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("smapd was not prepared");
    }
    return value;
  }
}
