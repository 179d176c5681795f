package sallyport.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.daemon.Daemon;
import org.apache.commons.daemon.DaemonContext;
import org.apache.commons.daemon.DaemonInitException;
import org.jspecify.annotations.Nullable;
import sallyport.netperm.Problem;

/**
 * The life of a daemon: prepare, confine, serve, drain, end. In the foreground SIGTERM, SIGINT or
 * SIGHUP drains for at most {@link #DRAIN_BOUND} and the process ends with code 0; a second one
 * cuts. Under jsvc the same happens through Commons Daemon: {@code init} prepares and confines,
 * {@code start} serves, {@code stop} drains, {@code destroy} releases.
 *
 * <p>An exception that nobody caught, on any thread, is logged as {@code fatal} and ends the
 * process with code 70: what goes on after that would be a guess.
 */
public class Lifecycle implements Daemon {
  /** The longest that sessions are given to finish. */
  public static final Duration DRAIN_BOUND = Duration.ofSeconds(30);

  /** Set where a start is recorded for the ahead-of-time cache: as before a jail, without one. */
  private static final String REHEARSE = "sallyport.rehearse";

  private static final Duration BEYOND_BOUND = Duration.ofSeconds(2);
  private static final Duration CLOSE_BOUND = Duration.ofSeconds(5);

  private final Program program;
  private final Duration drainBound;
  private final CompletableFuture<Void> cut = new CompletableFuture<>();
  private final CompletableFuture<ExitCode> stopAsked = new CompletableFuture<>();
  private final AtomicReference<String> cause = new AtomicReference<>("service manager");
  private volatile @Nullable Running running;
  private volatile boolean stopping;

  /** What exists between init and destroy. */
  private record Running(EventLog log, Service service, ServiceManager manager) {}

  /**
   * A life of this program. For jsvc a program has a public subclass whose constructor takes
   * nothing.
   */
  public Lifecycle(Program program) {
    this(program, DRAIN_BOUND);
  }

  Lifecycle(Program program, Duration drainBound) {
    this.program = program;
    this.drainBound = drainBound;
  }

  /** Serves until asked to stop; the result is the exit code. */
  static int inForeground(Program program, LoadedTable table) {
    Lifecycle life = new Lifecycle(program);
    Signals.whenAskedToStop(life::signalled);
    try {
      life.prepare(table, JournalStream.standardError());
    } catch (StartupException e) {
      return e.exitCode().number();
    }
    life.start();
    ExitCode code = life.stopAsked.join();
    life.stop();
    life.destroy();
    return code.number();
  }

  @Override
  public void init(DaemonContext context) throws DaemonInitException {
    try {
      prepare(DaemonCommand.load(program, context.getArguments()), JournalStream.standardError());
    } catch (StartupException e) {
      throw new DaemonInitException(e.getMessage());
    }
    Thread.ofPlatform().name("ending").daemon(true).start(this::endWhenAsked);
  }

  @Override
  public void start() {
    Running now = mustRun();
    try {
      now.service().serve();
      now.log().write(Event.READY);
      now.manager().serving(() -> stopping ? Optional.empty() : now.service().ailing());
    } catch (RuntimeException | Error e) {
      Fatal.end(now.log(), e);
    }
  }

  @Override
  public void stop() {
    Running now = mustRun();
    stopping = true;
    now.manager().stopping(drainBound);
    now.log()
        .write(
            Event.DRAINING,
            Field.of("cause", cause.get()),
            Field.of("bound", drainBound.toSeconds()));
    Duration bound = drainBound.plus(BEYOND_BOUND);
    await("drain", () -> now.service().drain(drainBound), bound, cut);
  }

  @Override
  public void destroy() {
    Running now = mustRun();
    running = null;
    close(now.service());
    now.log().write(Event.STOPPED);
    now.manager().close();
    now.log().close();
  }

  private void prepare(LoadedTable table, EventLog log) throws StartupException {
    LibraryLog.into(log);
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> Fatal.end(log, e));
    Service service = table.service();
    try {
      Startup.Privileges privileges = Confinement.privileges(table.config());
      sayWhatStarts(table, log, privileges);
      ServiceManager manager = ServiceManager.of(System.getenv(), log);
      if (privileges == Startup.Privileges.TO_BE_DROPPED) {
        Confinement.requirePowers(service.jail());
        Confinement.refuseNewPrivileges(service.jail());
      }
      Meanwhile rehearsal = rehearse(service.outgoing(), privileges);
      service.prepare(
          new Startup(
              table.config(),
              log,
              DnsNames.of(table.config().nameservers()),
              privileges,
              ending(log)));
      rehearsal.await();
      open(table, confine(table, log, privileges));
      running = new Running(log, service, manager);
    } catch (StartupException e) {
      log.write(
          Event.NOT_STARTED,
          Field.of("exit", e.exitCode().number()),
          Field.of("reason", String.valueOf(e.getMessage())));
      close(service);
      log.close();
      throw e;
    } catch (RuntimeException | Error e) {
      Fatal.end(log, e);
    }
  }

  private static Meanwhile rehearse(Outgoing outgoing, Startup.Privileges privileges) {
    boolean wanted = privileges == Startup.Privileges.TO_BE_DROPPED || Boolean.getBoolean(REHEARSE);
    return Meanwhile.start(
        "rehearsal",
        () -> {
          if (wanted) {
            Rehearsal.run(outgoing);
          }
        });
  }

  private void sayWhatStarts(LoadedTable table, EventLog log, Startup.Privileges privileges) {
    if (privileges == Startup.Privileges.NONE) {
      log.write(Event.UNCONFINED, Field.of("reason", "not started as root"));
    } else if (table.service().jail() == Jail.ACCOUNT_ONLY) {
      log.write(Event.UNCONFINED, Field.of("reason", "starts programs, so keeps no chroot"));
    }
    log.write(
        Event.STARTING,
        Field.of("program", program.name()),
        Field.of("version", DaemonCommand.version(program)),
        Field.of("pid", ProcessHandle.current().pid()),
        Field.of("table", table.file().toString()));
    for (Problem problem : table.problems()) {
      log.write(
          Event.TABLE_WARNING,
          Field.of("at", problem.at().toString()),
          Field.of("text", problem.text()));
    }
  }

  /**
   * What it cannot use it names as it sees it, from inside; an administrator looks from outside.
   */
  private static void open(LoadedTable table, Path root) throws StartupException {
    try {
      table.service().confined(root);
    } catch (StartupException e) {
      Path directory = table.config().directory();
      if (root.equals(directory)) {
        throw e;
      }
      throw new StartupException(
          e.exitCode(), e.getMessage() + " (seen from inside " + directory + ")", e);
    }
  }

  private static Path confine(LoadedTable table, EventLog log, Startup.Privileges privileges)
      throws StartupException {
    DaemonConfig config = table.config();
    if (privileges == Startup.Privileges.NONE) {
      Confinement.hideMemory();
      bindCalls(table.service());
      return config.directory();
    }
    Jail jail = table.service().jail();
    Confinement.Confined confined = Confinement.enter(config, jail);
    Confinement.hideMemory();
    bindCalls(table.service());
    Account account = config.account().orElseThrow();
    log.write(
        Event.CONFINED,
        Field.of("jail", jail == Jail.CHROOT ? "chroot" : "account"),
        Field.of("directory", config.directory().toString()),
        Field.of("account", account.name()),
        Field.of("uid", account.uid()),
        Field.of("gid", account.gid()),
        Field.of("threads", confined.threads()),
        Field.of("outgoing", table.service().outgoing().word()));
    return confined.root();
  }

  /** A program that the service starts would inherit the filter, and may need its privileges. */
  private static void bindCalls(Service service) throws StartupException {
    if (service.jail() == Jail.ACCOUNT_ONLY) {
      return;
    }
    try {
      CallFilter.install(service.outgoing());
    } catch (IOException e) {
      throw new StartupException(ExitCode.OS, "system-call filter: " + e.getMessage(), e);
    }
  }

  private Startup.Ending ending(EventLog log) {
    return new Startup.Ending() {
      @Override
      public void fatal(Throwable trouble) {
        Fatal.end(log, trouble);
      }

      @Override
      public void stop(ExitCode code) {
        cause.set("exit " + code.number());
        stopAsked.complete(code);
      }
    };
  }

  private void signalled(String name) {
    cause.set(name);
    if (!stopAsked.complete(ExitCode.OK)) {
      cut.complete(null);
    }
  }

  /** Under jsvc there is no main thread of ours to wake, and jsvc would not know the code. */
  private void endWhenAsked() {
    ExitCode code = stopAsked.join();
    stop();
    destroy();
    Runtime.getRuntime().halt(code.number());
  }

  /** Waits for a step of the service, but no longer than its bound or until it is cut. */
  private static void await(
      String name, Runnable step, Duration bound, CompletableFuture<Void> cut) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .name(name)
        .daemon(true)
        .start(() -> {
          try {
            step.run();
          } finally {
            done.complete(null);
          }
        });
    CompletableFuture.anyOf(done, cut)
        .completeOnTimeout(null, bound.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  private static void close(Service service) {
    await("close", service::close, CLOSE_BOUND, new CompletableFuture<>());
  }

  private Running mustRun() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException(program.name() + " is not prepared");
    }
    return now;
  }
}
