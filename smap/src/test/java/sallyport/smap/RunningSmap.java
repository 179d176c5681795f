package sallyport.smap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.EventLog;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Startup;
import sallyport.daemon.StartupException;
import sallyport.netperm.HostName;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

/** smap in this process, on a port of its own, with a spool of its own. */
final class RunningSmap implements AutoCloseable {

  private static final String TABLE =
      """
      *:     hostname mail.example
      smap:  listen 127.0.0.1:0
      smap:  permit-hosts 127.0.0.1
      smap:  local-domains inside.example noroute.example
      smapd: route inside.example 127.0.0.1:9
      """;

  private final Path directory;
  private final SmapService service;
  private final EventLog log;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  final AtomicReference<Throwable> fatal = new AtomicReference<>();

  /** Starts it, with these lines on top of the usual table. */
  RunningSmap(Path directory, String... lines) throws StartupException {
    this.directory = directory;
    Table table = Table.parse("table", String.join("\n", lines) + "\n" + TABLE);
    Settings settings = Settings.of(table, "smap");
    SmapConfig config = SmapConfig.of(settings, "mail.example");
    if (!settings.problems().isEmpty()) {
      throw new IllegalArgumentException(settings.problems().toString());
    }
    log = EventLog.to(logged, false);
    service = new SmapService(config);
    service.prepare(
        new Startup(
            new DaemonConfig("smap", "mail.example", Optional.empty(), directory, List.of()),
            log,
            address -> new HostName.Unknown(HostName.Reason.NO_NAME),
            Startup.Privileges.NONE,
            new Ending()));
    service.confined(directory);
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

  SmapService service() {
    return service;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), service.ports().getFirst());
  }

  /** A client of it; answers are waited for ten seconds. */
  Client connect() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(10_000);
    socket.connect(address());
    return new Client(socket);
  }

  /** What it has logged so far. */
  String logged() {
    log.flush(Duration.ofSeconds(5));
    return logged.toString(UTF_8);
  }

  Path spool() {
    return directory;
  }

  /** The messages in new/, oldest first, without our own trace field. */
  List<byte[]> accepted() throws IOException {
    List<byte[]> messages = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory.resolve("new"))) {
      for (Path file : files.sorted().toList()) {
        messages.addAll(messagesIn(Files.readString(file, ISO_8859_1)));
      }
    }
    return messages;
  }

  private static List<byte[]> messagesIn(String batch) {
    List<byte[]> messages = new ArrayList<>();
    int at = batch.indexOf("\nID ");
    while (at >= 0) {
      int body = batch.indexOf("\n\n", at) + 2;
      String envelope = batch.substring(at, body);
      int size =
          Integer.parseInt(
              envelope
                  .lines()
                  .filter(l -> l.startsWith("SIZE "))
                  .findFirst()
                  .orElseThrow()
                  .substring(5)
                  .strip());
      String message = batch.substring(body, body + size);
      messages.add(
          message.replaceFirst("^Received: .*\r\n([ \t].*\r\n)*", "").getBytes(ISO_8859_1));
      at = batch.indexOf("\nID ", body + size);
    }
    return messages;
  }

  @Override
  public void close() {
    service.drain(Duration.ofMillis(200));
    service.close();
    log.close();
  }
}
