package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.EventLog;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Startup;
import sallyport.daemon.StartupException;
import sallyport.netperm.HostName;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

/** pop3-gw in this process, on a port of its own. */
final class RunningGateway implements AutoCloseable {
  private static final String TABLE =
      """
      pop3-gw: listen 127.0.0.1:0
      pop3-gw: permit-hosts 127.*
      """;

  private final Pop3Service service;
  private final EventLog log;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  final AtomicReference<Throwable> fatal = new AtomicReference<>();

  /** Starts it in the folder that holds authsrv's socket, with these lines before the usual. */
  RunningGateway(Path folder, String lines) throws StartupException {
    Settings settings = Settings.of(Table.parse("table", lines + "\n" + TABLE), "pop3-gw");
    Pop3Config config = Pop3Config.of(settings, "gateway.example");
    if (settings.problems().stream().anyMatch(p -> p.toString().contains("error"))) {
      throw new IllegalArgumentException(settings.problems().toString());
    }
    log = EventLog.to(logged, false);
    DaemonConfig daemon =
        new DaemonConfig("pop3-gw", "gateway.example", Optional.empty(), folder, List.of());
    service = new Pop3Service(config, daemon);
    service.prepare(
        new Startup(
            daemon,
            log,
            address -> new HostName.Unknown(HostName.Reason.NO_NAME),
            Startup.Privileges.NONE,
            new Ending()));
    service.confined(folder);
    service.serve();
  }

  private final class Ending implements Startup.Ending {
    @Override
    public void fatal(Throwable cause) {
      fatal.set(cause);
    }

    @Override
    public void stop(ExitCode code) {
      fatal.set(new IllegalStateException("stop " + code));
    }
  }

  Pop3Service service() {
    return service;
  }

  int port() {
    return service.ports().getFirst();
  }

  /** A client from 127.0.0.1; answers are waited for thirty seconds. */
  Client connect() throws IOException {
    return connectFrom("127.0.0.1");
  }

  /** A client from another loopback address. */
  Client connectFrom(String address) throws IOException {
    return connectFrom(address, 0);
  }

  /** The same at the table's listener of this number. */
  Client connectFrom(String address, int listener) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(30_000);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), service.ports().get(listener)));
    return new Client(socket);
  }

  /** A client that has logged in with APOP, or has been told why not. */
  Client login(String name, String secret) throws IOException {
    Client client = connect();
    client.greeting();
    client.say("APOP " + name + " " + InsidePeer.digest(client.challenge(), secret));
    return client;
  }

  /** What it has logged so far. */
  String logged() {
    log.flush(Duration.ofSeconds(5));
    return logged.toString(UTF_8);
  }

  /** Waits for a line of the log that holds all of these, and returns it. */
  String awaitLog(String... parts) throws InterruptedException {
    AtomicReference<String> found = new AtomicReference<>();
    await(() -> {
      logged()
          .lines()
          .filter(line -> List.of(parts).stream().allMatch(line::contains))
          .findFirst()
          .ifPresent(found::set);
      return found.get() != null;
    });
    String line = found.get();
    if (line == null) {
      throw new AssertionError("not logged: " + List.of(parts) + "\n" + logged());
    }
    return line;
  }

  /** Waits until no connection is held any more. */
  boolean isEmptySoon() throws InterruptedException {
    return await(() -> service.held() == 0 && service.placesTaken() == 0);
  }

  static boolean await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(10);
    }
    return true;
  }

  @Override
  public void close() {
    service.drain(Duration.ofMillis(200));
    service.close();
    log.close();
  }
}
