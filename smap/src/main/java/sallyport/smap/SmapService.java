package sallyport.smap;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Account;
import sallyport.daemon.Admission;
import sallyport.daemon.CertificateWatch;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Field;
import sallyport.daemon.Listeners;
import sallyport.daemon.Outgoing;
import sallyport.daemon.Service;
import sallyport.daemon.Startup;
import sallyport.daemon.StartupException;
import sallyport.daemon.Watchdog;
import sallyport.daemon.tls.TlsRehearsal;
import sallyport.netperm.ListenAddress;
import sallyport.spool.Collector;
import sallyport.spool.DiskFiles;
import sallyport.spool.QueueIds;
import sallyport.spool.SpoolException;
import sallyport.spool.SpoolFolders;
import sallyport.spool.SpoolLockedException;
import sallyport.spool.SpoolRehearsal;

/** smap as a service: binds, opens the spool, serves SMTP, drains. */
final class SmapService implements Service {

  /** The time for one write to a client that takes nothing. */
  static final Duration WRITE_TIME = Duration.ofSeconds(60);

  /** How often the file of recipients is looked at. */
  static final Duration RECIPIENTS_PERIOD = Duration.ofSeconds(2);

  /** How long one commit may take until smap counts as stuck: far beyond any disk that works. */
  static final Duration COMMIT_BOUND = Duration.ofMinutes(2);

  private final SmapConfig config;
  private final Set<Conversation> sessions = Premises.noSessions();
  private @Nullable Startup startup;
  private @Nullable Listeners<ServerSocket> listeners;
  private @Nullable Collector collector;
  private @Nullable Premises premises;
  private @Nullable Engine engine;
  private @Nullable Watchdog watchdog;
  private @Nullable Thread recipientsReader;
  private @Nullable CertificateWatch certificates;

  SmapService(SmapConfig config) {
    this.config = config;
  }

  /** smap answers, and asks at most a name server. */
  @Override
  public Outgoing outgoing() {
    return config.hosts().needNames() ? Outgoing.DATAGRAMS : Outgoing.NOTHING;
  }

  @Override
  public void prepare(Startup given) throws StartupException {
    startup = given;
    listeners = Listeners.bind(config.listen(), ServerSocket::new);
    if (given.privileges() == Startup.Privileges.TO_BE_DROPPED) {
      checkSpool(given);
    }
    Rehearsal.run(config);
    try {
      if (config.tls().isPresent()) {
        TlsRehearsal.run(config.tls().get());
      }
      SpoolRehearsal.run();
    } catch (IOException e) {
      throw new StartupException(ExitCode.CANNOT_CREATE, "rehearsal: " + e.getMessage(), e);
    }
  }

  @Override
  public void confined(Path root) throws StartupException {
    Startup given = started(startup);
    try {
      collector = openSpool(given, root);
      RecipientList valid =
          config.recipients().isEmpty()
              ? RecipientList.everybody()
              : RecipientList.read(root.resolve(config.recipients().get()));
      watchdog = new Watchdog(WRITE_TIME);
      premises =
          new Premises(
              config,
              given.names(),
              valid,
              new Admission(config.maxSessions(), config.maxSessionsPerHost()),
              collector,
              new QueueIds(new SecureRandom()),
              given.log(),
              watchdog,
              sessions);
      engine = new Engine(doors(), new EngineFaults());
    } catch (IOException e) {
      throw new StartupException(ExitCode.CONFIG, "recipients: " + e.getMessage(), e);
    }
  }

  private List<Engine.Door> doors() {
    List<Engine.Door> doors = new ArrayList<>();
    started(listeners)
        .each((bound, at) -> doors.add(new Engine.Door(bound, socket -> admit(socket, at.tls()))));
    return doors;
  }

  private Collector openSpool(Startup given, Path root) throws StartupException {
    try {
      SpoolFolders folders = new SpoolFolders(root);
      if (given.privileges() == Startup.Privileges.NONE) {
        folders.makeUnconfined();
      }
      return Collector.open(
          new DiskFiles(), folders, Collector.Limits.defaults(), given.ending()::fatal);
    } catch (SpoolLockedException e) {
      throw new StartupException(ExitCode.UNAVAILABLE, "spool: " + e.getMessage(), e);
    } catch (SpoolException e) {
      throw wrongSpool(e);
    } catch (IOException e) {
      throw new StartupException(ExitCode.IO, "spool: " + e.getMessage(), e);
    }
  }

  private void checkSpool(Startup given) throws StartupException {
    Account account = given.config().account().orElseThrow();
    try {
      new SpoolFolders(given.config().directory())
          .checkConfined(SpoolFolders.Side.COLLECTOR, account.uid(), account.gid());
    } catch (SpoolException e) {
      throw wrongSpool(e);
    }
  }

  private static StartupException wrongSpool(SpoolException e) {
    return new StartupException(ExitCode.NO_PERMISSION, "spool: " + e.getMessage(), e);
  }

  @Override
  public void serve() {
    Premises shared = started(premises);
    EventLog log = shared.log();
    started(listeners).announce(log);
    started(engine).start();
    config.tls().ifPresent(tls -> certificates = CertificateWatch.start(tls, log));
    if (config.recipients().isPresent()) {
      recipientsReader =
          Thread.ofPlatform().daemon().name("recipients").start(this::readRecipients);
    }
  }

  private Optional<EngineSocket> admit(Socket socket, ListenAddress.Tls tls) {
    Premises shared = started(premises);
    Conversation conversation;
    try {
      conversation = new Conversation(socket, tls, shared);
    } catch (IOException e) {
      return Optional.empty(); // The client is gone already.
    }
    return switch (shared.admission().admit(conversation.address(), conversation)) {
      case Admission.Admitted(Admission.Token token) -> {
        conversation.admitted(token);
        shared.enter(conversation);
        yield Optional.of(new EngineSocket(conversation.connection(), conversation));
      }
      case Admission.RefusedTotal refused -> {
        conversation.turnAway("max-sessions");
        yield Optional.empty();
      }
      case Admission.RefusedHost refused -> {
        conversation.turnAway("max-sessions-per-host");
        yield Optional.empty();
      }
    };
  }

  private void readRecipients() {
    Premises shared = started(premises);
    try {
      while (true) {
        Thread.sleep(RECIPIENTS_PERIOD);
        try {
          if (shared.valid().reload()) {
            shared.log().write(Event.RECIPIENTS, Field.of("lines", shared.valid().size()));
          }
        } catch (IOException e) {
          shared.log().write(Event.TROUBLE, Field.of("what", "recipients: " + e.getMessage()));
        }
      }
    } catch (InterruptedException e) {
      // close() was called.
    }
  }

  @Override
  public Optional<String> ailing() {
    return started(engine).ailing().or(() -> started(collector).ailing(COMMIT_BOUND));
  }

  @Override
  public void drain(Duration bound) {
    started(listeners).close();
    sessions.forEach(Conversation::goDown);
    started(premises).admission().awaitNone(bound);
  }

  @Override
  public void close() {
    if (listeners != null) {
      listeners.close();
    }
    sessions.forEach(Conversation::cut);
    if (engine != null) {
      engine.close();
    }
    if (recipientsReader != null) {
      recipientsReader.interrupt();
    }
    if (certificates != null) {
      certificates.close();
    }
    if (watchdog != null) {
      watchdog.close();
    }
    if (collector != null) {
      collector.close();
    }
  }

  /** How many connections something still holds on to. */
  int held() {
    return sessions.size() + started(watchdog).watched();
  }

  /** The ports that were bound, in the order of the table. */
  List<Integer> ports() {
    return started(listeners).ports();
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("called out of order");
    }
    return part;
  }

  private final class EngineFaults implements Engine.Faults {
    @Override
    public void inSession(Throwable cause) {
      log().write(Event.TROUBLE, Field.of("what", "a session failed: " + cause));
    }

    @Override
    public void inAccept(IOException cause) {
      log().write(Event.TROUBLE, Field.of("what", "cannot accept: " + cause.getMessage()));
    }

    @Override
    public void fatal(Throwable cause) {
      started(startup).ending().fatal(cause);
    }

    private EventLog log() {
      return started(startup).log();
    }
  }
}
