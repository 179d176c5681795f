package sallyport.smapd;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.EventLog;
import sallyport.daemon.Watchdog;
import sallyport.daemon.tls.ServerTls;
import sallyport.daemon.tls.TlsStreams;
import sallyport.netperm.HostAndPort;

/**
 * A mail server on loopback that answers as it is told: for each command word (and {@code
 * GREETING}, {@code .}) a line to send. {@code CLOSE} closes, {@code SILENT} says nothing, {@code
 * DRIP} says one octet at a time, {@code FLOOD} never stops talking.
 */
final class TestHub implements AutoCloseable {

  private static final String EHLO = "250-hub.test\r\n250-SIZE 100000000\r\n250 8BITMIME";

  /** Answers DATA with 354 even if no recipient was taken, as RFC 2920 allows. */
  static final String ALWAYS_GO_ON = "ALWAYS-GO-ON";

  /** For whoever connects. */
  static final Watchdog DEADLINES = new Watchdog(Duration.ofSeconds(60));

  /** Where nobody looks. */
  static final EventLog LOG = EventLog.to(OutputStream.nullOutputStream(), false);

  private final ServerSocket server;
  private final Thread acceptor;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final Queue<String> once = new ConcurrentLinkedQueue<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  final List<String> commands = new CopyOnWriteArrayList<>();
  final List<byte[]> messages = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();
  volatile boolean dataUnderWay;
  private volatile boolean holds;
  private volatile @Nullable ServerTls tls;
  private volatile boolean tlsFromTheStart;
  private volatile int limit = Integer.MAX_VALUE;
  private final AtomicInteger openNow = new AtomicInteger();

  TestHub() throws IOException {
    this(0);
  }

  TestHub(int port) throws IOException {
    server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
    answers.put("GREETING", "220 hub.test ESMTP");
    answers.put("EHLO", EHLO);
    answers.put("DATA", "354 go on");
    answers.put("no recipients", "554 5.5.1 no valid recipients");
    acceptor = Thread.ofPlatform().daemon().name("test hub").start(this::accept);
  }

  /** What to answer from now on. */
  TestHub answer(String word, String line) {
    answers.put(word, line);
    return this;
  }

  /** Closes the connection at the next {@code word}, once. */
  void closeOnceAt(String word) {
    once.add(word);
  }

  /** Greets further connections with 421 while so many are open. */
  void limitConnections(int most) {
    limit = most;
  }

  /** Offers STARTTLS with this certificate. */
  TestHub startTls(ServerTls with) {
    tls = with;
    return answer("EHLO", "250-hub.test\r\n250-PIPELINING\r\n250 STARTTLS")
        .answer("TLS EHLO", "250-hub.test\r\n250 8BITMIME")
        .answer("STARTTLS", "220 go on");
  }

  /** Speaks TLS from the first octet. */
  TestHub implicitTls(ServerTls with) {
    tls = with;
    tlsFromTheStart = true;
    return this;
  }

  Destination.Hubs name() {
    return Destination.Hubs.of(new HostAndPort("hub.test", server.getLocalPort()));
  }

  int port() {
    return server.getLocalPort();
  }

  HubAddresses addresses() {
    return hub -> List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), hub.port()));
  }

  /** Closes what is connected now; new connections are taken. */
  void dropConnections() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        connections.incrementAndGet();
        sockets.add(socket);
        Thread.ofPlatform().daemon().name("test hub session").start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed by the test.
    }
  }

  private void serve(Socket socket) {
    boolean welcome = openNow.incrementAndGet() <= limit;
    try (socket) {
      if (!welcome) {
        socket.getOutputStream().write("421 too many\r\n".getBytes(StandardCharsets.US_ASCII));
        return;
      }
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      boolean secure = false;
      if (tls != null && tlsFromTheStart) {
        TlsStreams streams = TlsStreams.server(in, out, tls);
        in = new BufferedInputStream(streams.input());
        out = streams.output();
        secure = true;
      }
      if (!say(out, "GREETING")) {
        return;
      }
      String line;
      boolean taken = false;
      List<String> held = new ArrayList<>();
      while ((line = line(in)) != null) {
        commands.add((secure ? "TLS " : "") + line);
        String word = line.split(" ", 2)[0];
        String rest = answers.containsKey(line) ? line : word;
        if (secure && answers.containsKey("TLS " + word)) {
          rest = "TLS " + word;
        }
        if (word.equals("STARTTLS") && isYes(word)) {
          say(out, word);
          if (tls == null) {
            return;
          }
          TlsStreams streams = TlsStreams.server(in, out, tls);
          in = new BufferedInputStream(streams.input());
          out = streams.output();
          secure = true;
          continue;
        }
        boolean data = word.equals("DATA") && answers.get("DATA").startsWith("354");
        if (data && !taken && !answers.containsKey(ALWAYS_GO_ON)) {
          rest = "no recipients";
          data = false;
        }
        taken =
            switch (word) {
              case "MAIL", "RSET" -> false;
              case "RCPT" -> taken || (isYes("MAIL") && isYes(rest));
              default -> taken;
            };
        held.add(rest);
        if (!holds || !List.of("MAIL", "RCPT").contains(word)) {
          for (String next : held) {
            if (!say(out, next)) {
              return;
            }
          }
          held.clear();
        }
        if (word.equals("QUIT")) {
          return;
        }
        if (data) {
          byte[] message = body(in);
          if (message == null) {
            return;
          }
          boolean takes = answers.getOrDefault(".", "250").startsWith("2");
          if (takes && !once.contains(".")) {
            messages.add(message);
          }
          if (!say(out, ".")) {
            return;
          }
        }
      }
    } catch (IOException e) {
      // The other side went away.
    } finally {
      openNow.decrementAndGet();
    }
  }

  /** Says nothing to MAIL and RCPT until the client has sent what comes behind them. */
  void holdReplies() {
    holds = true;
  }

  /** Connections that are open here. */
  int openNow() {
    return openNow.get();
  }

  private boolean isYes(String word) {
    return answers.getOrDefault(word, "2").startsWith("2");
  }

  private boolean say(OutputStream out, String word) throws IOException {
    if (once.remove(word)) {
      return false;
    }
    String answer = answers.getOrDefault(word, "250 ok " + word);
    switch (answer) {
      case "CLOSE" -> {
        return false;
      }
      case "SILENT" -> pause(60_000);
      case "PAUSE" -> {
        pause(700);
        out.write("250 ok\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      case "DRIP" -> {
        for (int i = 0; i < 10_000; i++) {
          out.write(i == 0 ? '2' : i < 3 ? '5' : ' ');
          out.flush();
          pause(20);
        }
      }
      case "FLOOD" -> {
        byte[] line = "250-no end\r\n".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 1_000_000; i++) {
          out.write(line);
        }
      }
      case "LONG-LINE" -> {
        byte[] piece = "250 xxxxxxxxxxxxxxxxxxxxxxxxx".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 400_000; i++) {
          out.write(piece);
        }
      }
      default -> {
        out.write((answer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
      }
    }
    return true;
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int octet;
    while ((octet = in.read()) >= 0) {
      if (octet == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).replace("\r", "");
      }
      line.write(octet);
    }
    return null;
  }

  /** The message, dots unstuffed; null if the connection ends first. */
  private byte[] body(InputStream in) throws IOException {
    dataUnderWay = true;
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (answers.getOrDefault("BODY", "").equals("SILENT")) {
      pause(60_000);
    }
    if (answers.getOrDefault("BODY", "").equals("CLOSE")) {
      in.readNBytes(100_000);
      return null;
    }
    boolean lineStart = true;
    while (true) {
      int octet = in.read();
      if (octet < 0) {
        return null;
      }
      if (lineStart && octet == '.') {
        octet = in.read();
        if (octet == '\r') {
          in.read();
          return body.toByteArray();
        }
      }
      body.write(octet);
      lineStart = octet == '\n';
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      // As long as a thread waits in accept, the kernel keeps the port open.
      acceptor.join();
      dropConnections();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
