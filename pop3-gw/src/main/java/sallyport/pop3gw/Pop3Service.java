package sallyport.pop3gw;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import sallyport.authdb.protocol.AuthsrvClient;
import sallyport.daemon.Admission;
import sallyport.daemon.CertificateWatch;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.DnsNames;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Field;
import sallyport.daemon.Listeners;
import sallyport.daemon.ServerAddresses;
import sallyport.daemon.Service;
import sallyport.daemon.Startup;
import sallyport.daemon.StartupException;
import sallyport.daemon.Vitals;
import sallyport.daemon.Watchdog;
import sallyport.netperm.ListenAddress;
import sallyport.pop3gw.pop3.Dialogue;
import sallyport.pop3gw.pop3.Transport;

/** pop3-gw as a service: binds, asks authsrv whether it is there, serves POP3, drains. */
final class Pop3Service implements Service {

  /** The time for one write to a peer that takes nothing, before its login. */
  static final Duration WRITE_TIME = Duration.ofSeconds(60);

  private final Pop3Config config;
  private final DaemonConfig daemon;
  private final Set<Session> sessions = Premises.noSessions();
  private final Vitals vitals = new Vitals();
  private @Nullable Startup startup;
  private @Nullable Listeners<ServerSocket> listeners;
  private @Nullable ServerAddresses addresses;
  private @Nullable RelayLoops loops;
  private @Nullable Premises premises;
  private @Nullable CertificateWatch certificates;
  private volatile boolean closing;

  Pop3Service(Pop3Config config, DaemonConfig daemon) {
    this.config = config;
    this.daemon = daemon;
  }

  @Override
  public void prepare(Startup given) throws StartupException {
    startup = given;
    listeners = Listeners.bind(config.listen(), Pop3Service::unboundChannel);
    ServerAddresses known = new ServerAddresses(DnsNames.of(daemon.nameservers()));
    config.servers().values().forEach(server -> lookUp(server, known, given.log()));
    addresses = known;
    Rehearsal.run(config);
  }

  /** The sockets that it accepts have channels, which a relay needs. */
  private static ServerSocket unboundChannel() throws IOException {
    return ServerSocketChannel.open().socket();
  }

  /** A name that nobody knows now may be known later: this is said, and keeps nobody from start. */
  private static void lookUp(InsideServer server, ServerAddresses addresses, EventLog log) {
    try {
      addresses.of(server.address());
    } catch (IOException e) {
      log.write(
          Event.TROUBLE,
          Field.of("what", "looking up inside server " + server.name()),
          Field.of("error", String.valueOf(e.getMessage())));
    }
  }

  @Override
  public void confined(Path root) throws StartupException {
    Startup given = started(startup);
    ThreadFactory threads = threads(given.log());
    loops = loops(threads);
    premises =
        new Premises(
            config,
            new Dialogue(config.policy()),
            given.names(),
            started(addresses),
            new AuthsrvClient(root.resolve(config.authserver()), new AuthsrvLog(given.log())),
            new Admission(config.maxSessions(), config.maxSessionsPerHost()),
            RelayBuffers.forStreams(),
            loops,
            given.log(),
            new Watchdog(WRITE_TIME),
            threads,
            sessions);
  }

  private RelayLoops loops(ThreadFactory threads) throws StartupException {
    try {
      return new RelayLoops(RelayBuffers.forChannels(), threads, started(startup).ending()::fatal);
    } catch (IOException e) {
      throw new StartupException(ExitCode.OS, "relay: " + e.getMessage(), e);
    }
  }

  private static ThreadFactory threads(EventLog log) {
    return Thread.ofVirtual()
        .name("session")
        .uncaughtExceptionHandler((thread, e) -> trouble(log, "a session failed: " + e))
        .factory();
  }

  private static void trouble(EventLog log, String what) {
    log.write(Event.TROUBLE, Field.of("what", what));
  }

  @Override
  public void serve() {
    Premises shared = started(premises);
    // So that the log says at once whether authsrv is there.
    Thread.ofVirtual().name("authsrv-hello").start(shared.authsrv()::challenge);
    shared.loops().start().forEach(vitals::expect);
    started(listeners).announce(shared.log());
    config.tls().ifPresent(tls -> certificates = CertificateWatch.start(tls, shared.log()));
    started(listeners)
        .each((socket, at) -> {
          Door door = new Door(shared, transport(at.tls()));
          vitals.expect(new AcceptLoop(socket, door).start());
        });
  }

  private static Transport transport(ListenAddress.Tls tls) {
    return switch (tls) {
      case NONE -> Transport.PLAIN;
      case STARTTLS -> Transport.STLS_OFFERED;
      case STARTTLS_REQUIRED -> Transport.STLS_REQUIRED;
      case TLS -> Transport.TLS;
    };
  }

  @Override
  public Optional<String> ailing() {
    return vitals.ended();
  }

  /** Lets sessions in, or turns them away. */
  private final class Door implements AcceptLoop.Door {
    private final Premises shared;
    private final Transport transport;

    Door(Premises shared, Transport transport) {
      this.shared = shared;
      this.transport = transport;
    }

    @Override
    public void enter(Socket socket) {
      Session session;
      try {
        session = new Session(socket, transport, shared);
      } catch (IOException e) {
        return; // The client is gone already.
      }
      switch (shared.admission().admit(session.address(), session)) {
        case Admission.Admitted(Admission.Token token) -> begin(session, token);
        case Admission.RefusedTotal ignored -> session.turnAway("max-sessions");
        case Admission.RefusedHost ignored -> session.turnAway("max-sessions-per-host");
      }
    }

    private void begin(Session session, Admission.Token token) {
      session.admitted(token);
      sessions.add(session);
      shared.threads().newThread(session::run).start();
    }

    @Override
    public void failed(IOException cause) {
      trouble(shared.log(), "cannot accept: " + cause.getMessage());
    }

    @Override
    public void fatal(Throwable cause) {
      started(startup).ending().fatal(cause);
    }
  }

  /** authsrv's comings and goings in the log. */
  private final class AuthsrvLog implements AuthsrvClient.Listener {
    private final EventLog log;

    AuthsrvLog(EventLog log) {
      this.log = log;
    }

    @Override
    public void connected() {
      log.write(Event.AUTHSRV_UP);
    }

    @Override
    public void lost(String why) {
      if (!closing) {
        log.write(Event.AUTHSRV_DOWN, Field.of("reason", why));
      }
    }
  }

  @Override
  public void drain(Duration bound) {
    started(listeners).close();
    sessions.forEach(Session::goDown);
    started(premises).admission().awaitNone(bound);
  }

  @Override
  public void close() {
    closing = true;
    if (listeners != null) {
      listeners.close();
    }
    sessions.forEach(Session::cut);
    if (premises != null) {
      premises.admission().awaitNone(LAST_WORDS);
    }
    if (loops != null) {
      loops.close();
    }
    if (certificates != null) {
      certificates.close();
    }
    if (premises != null) {
      premises.authsrv().close();
      premises.watchdog().close();
    }
  }

  /** How many connections something still holds on to. */
  int held() {
    return sessions.size() + started(premises).watchdog().watched();
  }

  /** How many places are taken. */
  int placesTaken() {
    return started(premises).admission().sessions();
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
}
