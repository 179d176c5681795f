import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What {@code bench/pop3} measures with: a canned POP3 server, the HTTP server that nginx asks where
 * a user's mailbox is, and clients. Both sides of a connection send at once (TCP_NODELAY).
 *
 * <pre>
 * backend                                      prints its port; users u0, u1, ... and their secrets
 * auth-http BACKEND-PORT                       prints its port
 * clients                                      reads lines, and prints a line for each:
 *   logins PORT apop|pass CLIENTS SECONDS USERS  how many logins a second there were, and failed
 *   fetch PORT apop|pass SERVER                  how many seconds the RETR of the large message took
 * idle PORT apop|pass SESSIONS USERS           logs in, prints "held", stays until its input ends
 * </pre>
 */
public final class Pop3Bench {
  static final int SMALL = 4096;
  static final int LARGE = 50_000_000;
  private static final Map<String, String> SECRETS = new ConcurrentHashMap<>();

  private Pop3Bench() {}

  public static void main(String[] args) throws Exception {
    int first = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    switch (args[0]) {
      case "backend" -> serve(CannedServer::pop3);
      case "auth-http" -> serve(socket -> CannedServer.authHttp(socket, first));
      case "clients" -> Clients.measure();
      case "idle" -> Clients.idle(first, args[2], number(args[3]), number(args[4]));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static int number(String text) {
    return Integer.parseInt(text);
  }

  /** 128 random-looking bits, the same in each program of a run. */
  static String secret(String user) {
    return SECRETS.computeIfAbsent(user, name -> md5("the secret of " + name));
  }

  static String md5(String text) {
    try {
      byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(octets));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  interface Conversation {
    void hold(Socket socket) throws IOException;
  }

  /** A virtual thread a connection. */
  private static void serve(Conversation conversation) throws IOException {
    ServerSocket listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
    System.out.println(listener.getLocalPort());
    while (true) {
      Socket socket = listener.accept();
      Thread.ofVirtual()
          .start(
              () -> {
                try (socket) {
                  socket.setTcpNoDelay(true);
                  conversation.hold(socket);
                } catch (IOException e) {
                  // The client has gone.
                }
              });
    }
  }

  /** Lines in, octets out. */
  static final class Wire {
    private final InputStream in;
    private final OutputStream out;

    Wire(Socket socket) throws IOException {
      in = new BufferedInputStream(socket.getInputStream(), 8192);
      out = socket.getOutputStream();
    }

    String line() throws IOException {
      StringBuilder line = new StringBuilder(80);
      for (int octet = in.read(); octet != '\n'; octet = in.read()) {
        if (octet < 0) {
          throw new EOFException("closed behind: " + line);
        }
        if (octet != '\r') {
          line.append((char) octet);
        }
      }
      return line.toString();
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] octets) throws IOException {
      out.write(octets);
    }

    void expectOk() throws IOException {
      String line = line();
      if (!line.startsWith("+OK")) {
        throw new IOException("expected +OK, got: " + line);
      }
    }

    /** Sends a command, expects {@code +OK}. */
    void say(String command) throws IOException {
      send(command + "\r\n");
      expectOk();
    }

    /** Reads a message of so many octets, its dot included. */
    void readMessage(int octets) throws IOException {
      byte[] buffer = new byte[Math.min(octets, 65_536)];
      byte last = 0;
      for (int left = octets; left > 0; ) {
        int got = in.read(buffer, 0, Math.min(left, buffer.length));
        if (got < 0) {
          throw new EOFException(left + " octets missing");
        }
        left -= got;
        last = buffer[got - 1];
      }
      if (last != '\n') {
        throw new IOException("the message does not end where it should");
      }
    }
  }

  /** The servers' side. */
  static final class CannedServer {
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final byte[] SMALL_REPLY = reply(SMALL);
    private static final byte[] LARGE_REPLY = reply(LARGE);

    private CannedServer() {}

    /** So many octets behind {@code +OK}, the last three of them dot and line end. */
    private static byte[] reply(int octets) {
      String line = "A line of sixty-four octets, so that a message has its size. --\r\n";
      String body = line.repeat(octets / line.length() + 1).substring(0, octets - 5);
      return ("+OK\r\n" + body + "\r\n.\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    static void pop3(Socket socket) throws IOException {
      Wire wire = new Wire(socket);
      String challenge = "<" + COUNTER.incrementAndGet() + "." + System.nanoTime() + "@canned.example>";
      wire.send("+OK canned " + challenge + "\r\n");
      String user = "";
      while (true) {
        String line = wire.line();
        String[] words = line.split(" ", 3);
        switch (words[0].toUpperCase(java.util.Locale.ROOT)) {
          case "USER" -> {
            user = words[1];
            wire.send("+OK\r\n");
          }
          case "PASS" -> wire.send(words[1].equals(secret(user)) ? "+OK\r\n" : "-ERR no\r\n");
          case "APOP" ->
              wire.send(words[2].equals(md5(challenge + secret(words[1]))) ? "+OK\r\n" : "-ERR no\r\n");
          case "STAT" -> wire.send("+OK 2 " + (SMALL + LARGE) + "\r\n");
          case "RETR" -> wire.send(words[1].equals("1") ? SMALL_REPLY : LARGE_REPLY);
          case "CAPA" -> wire.send("+OK\r\nUSER\r\n.\r\n");
          case "QUIT" -> {
            wire.send("+OK\r\n");
            return;
          }
          default -> wire.send("-ERR\r\n");
        }
      }
    }

    /** Every user's mailbox is on the canned server. */
    static void authHttp(Socket socket, int port) throws IOException {
      Wire wire = new Wire(socket);
      while (!wire.line().isEmpty()) {
        // The request's header.
      }
      wire.send(
          "HTTP/1.0 200 OK\r\nAuth-Status: OK\r\nAuth-Server: 127.0.0.1\r\nAuth-Port: " + port + "\r\n\r\n");
    }
  }

  /** The clients' side. */
  static final class Clients {
    private static final int HOSTS = 254;

    private Clients() {}

    /**
     * Connects from 127.0.1.N, a user always from the same. With so many hosts no gateway's bound for one is
     * met, and each has ports left: the kernel's search among those of closed connections can take all of a
     * processor.
     */
    private static Socket connect(int port, int number) throws IOException {
      Socket socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.bind(new InetSocketAddress("127.0.1." + (1 + number % HOSTS), 0));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    }

    private static void login(Wire wire, String method, String user) throws IOException {
      login(wire, method, user, "");
    }

    private static void login(Wire wire, String method, String user, String server) throws IOException {
      String greeting = wire.line();
      if (!greeting.startsWith("+OK")) {
        throw new IOException("expected a greeting, got: " + greeting);
      }
      if (method.equals("apop")) {
        String challenge = greeting.substring(greeting.indexOf('<'), greeting.indexOf('>') + 1);
        wire.say("APOP " + user + server + " " + md5(challenge + secret(user)));
      } else {
        wire.say("USER " + user + server);
        wire.say("PASS " + secret(user));
      }
    }

    private static void session(int port, String method, int number) throws IOException {
      try (Socket socket = connect(port, number)) {
        Wire wire = new Wire(socket);
        login(wire, method, "u" + number);
        wire.say("STAT");
        wire.say("RETR 1");
        wire.readMessage(SMALL);
        wire.say("QUIT");
      }
    }

    /** One process for all measurements, so that none of them measures a client that is still being compiled. */
    static void measure() throws Exception {
      Scanner wanted = new Scanner(System.in, StandardCharsets.US_ASCII);
      while (wanted.hasNext()) {
        if (wanted.next().equals("fetch")) {
          fetch(wanted.nextInt(), wanted.next(), wanted.next());
        } else {
          logins(wanted.nextInt(), wanted.next(), wanted.nextInt(), wanted.nextInt(), wanted.nextInt());
        }
      }
    }

    private static void logins(int port, String method, int clients, int seconds, int users) throws Exception {
      AtomicInteger done = new AtomicInteger();
      AtomicInteger failed = new AtomicInteger();
      AtomicInteger turn = new AtomicInteger();
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      List<Thread> threads = new ArrayList<>();
      long began = System.nanoTime();
      for (int i = 0; i < clients; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (System.nanoTime() < end) {
                        try {
                          session(port, method, turn.getAndIncrement() % users);
                          done.incrementAndGet();
                        } catch (IOException e) {
                          if (failed.incrementAndGet() == 1) {
                            System.err.println("a login failed: " + e);
                          }
                        }
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      double took = (System.nanoTime() - began) / 1e9;
      System.out.printf("%.0f %d%n", done.get() / took, failed.get());
    }

    /** {@code server} is asked for by name behind a percent sign, unless it is "-". */
    private static void fetch(int port, String method, String server) throws IOException {
      try (Socket socket = connect(port, 0)) {
        Wire wire = new Wire(socket);
        login(wire, method, "u0", server.equals("-") ? "" : "%" + server);
        long began = System.nanoTime();
        wire.say("RETR 2");
        wire.readMessage(LARGE);
        double took = (System.nanoTime() - began) / 1e9;
        wire.say("QUIT");
        System.out.printf("%.4f%n", took);
      }
    }

    static void idle(int port, String method, int sessions, int users) throws Exception {
      List<Socket> held = new ArrayList<>();
      AtomicInteger failed = new AtomicInteger();
      Semaphore atATime = new Semaphore(50);
      CountDownLatch left = new CountDownLatch(sessions);
      for (int i = 0; i < sessions; i++) {
        int number = i;
        Socket socket = connect(port, number);
        held.add(socket);
        atATime.acquire();
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Wire wire = new Wire(socket);
                    login(wire, method, "u" + number % users);
                    wire.say("STAT");
                  } catch (IOException e) {
                    failed.incrementAndGet();
                  } finally {
                    atATime.release();
                    left.countDown();
                  }
                });
      }
      left.await();
      System.out.println("held " + (sessions - failed.get()));
      System.in.read();
      for (Socket socket : held) {
        socket.close();
      }
    }
  }
}
