package sallyport.rehearsal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The two ends of a gateway that is recorded: clients that send to smap, first one message a
 * connection and then many, and the hub that smapd carries them to. All on loopback.
 *
 * <p>{@code Peers FOLDER MESSAGES}: writes the hub's port to {@code FOLDER/hub}, waits for smap's
 * in {@code FOLDER/smap}, and ends with 0 when that many messages have been sent each way and have
 * all arrived, with 70 if they have not after {@link #BOUND}.
 */
public final class Peers {

  /** The longest that any part of it may take. */
  static final Duration BOUND = Duration.ofMinutes(2);

  private static final int SESSIONS = 20;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final String LINE =
      "A line of some sixty octets, as they stand in many letters.\r\n";

  private Peers() {}

  /** Runs both ends. */
  public static void main(String[] args) throws Exception {
    try {
      run(Path.of(args[0]), Integer.parseInt(args[1]));
    } catch (IOException | ExecutionException | TimeoutException e) {
      System.err.println("the mail of the rehearsal did not pass: " + e);
      System.exit(70);
    }
  }

  static void run(Path folder, int messages) throws Exception {
    try (ServerSocket hub = new ServerSocket(0, SESSIONS, InetAddress.getLoopbackAddress())) {
      CountDownLatch arriving = new CountDownLatch(2 * messages);
      Thread.ofVirtual().start(() -> serve(hub, arriving));
      Path port = Files.writeString(folder.resolve("hub.part"), "" + hub.getLocalPort());
      Files.move(port, folder.resolve("hub"), StandardCopyOption.ATOMIC_MOVE);
      int smap = port(folder.resolve("smap"));
      for (int each : new int[] {1, messages / SESSIONS}) {
        send(smap, messages, each);
      }
      if (!arriving.await(BOUND.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(arriving.getCount() + " messages have not arrived at the hub");
      }
    }
  }

  private static int port(Path file) throws IOException, InterruptedException {
    long end = System.nanoTime() + BOUND.toNanos();
    while (!Files.exists(file)) {
      if (System.nanoTime() - end > 0) {
        throw new IOException(file + " has not come");
      }
      Thread.sleep(LOOK_AGAIN);
    }
    return Integer.parseInt(Files.readString(file).strip());
  }

  private static void send(int port, int messages, int each) throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(SESSIONS)) {
      List<Future<?>> sessions = new ArrayList<>();
      for (int first = 0; first < messages; first += each) {
        int from = first;
        int to = Math.min(messages, first + each);
        sessions.add(
            clients.submit(() -> {
              session(port, from, to);
              return to;
            }));
      }
      for (Future<?> session : sessions) {
        session.get(BOUND.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  private static void session(int port, int from, int to) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) BOUND.toMillis());
      socket.setTcpNoDelay(true);
      BufferedReader in = reader(socket);
      expect(in, "220");
      say(socket, in, (from % 3 == 0 ? "HELO" : "EHLO") + " client.outside.example", "250");
      for (int number = from; number < to; number++) {
        say(socket, in, "MAIL FROM:<sender" + number + "@outside.example>", "250");
        for (int i = 0; i <= number % 8 / 7; i++) {
          say(socket, in, "RCPT TO:<user" + i + "@rehearsal.invalid>", "250");
        }
        say(socket, in, "DATA", "354");
        write(socket, message(number) + ".\r\n");
        expect(in, "250");
      }
      say(socket, in, "QUIT", "221");
    }
  }

  private static String message(int number) {
    return """
    Received: from a.outside.example (a.outside.example [192.0.2.7])
     by b.outside.example with ESMTP id %d; Sun, 22 Nov 2026 05:00:00 +0000
    From: "Sender, %d" <sender%d@outside.example>
    To: One <user0@rehearsal.invalid>, "Another" <user1@rehearsal.invalid>
    Subject: =?utf-8?q?Rehearsal?= %d
    Date: Sun, 22 Nov 2026 05:00:00 +0000
    Message-ID: <%d@outside.example>
    MIME-Version: 1.0
    Content-Type: text/plain; charset=us-ascii

    """
            .formatted(number, number, number, number, number)
            .replace("\n", "\r\n")
        + (LINE.repeat(9) + "..stuffed\r\n").repeat(1 + number % 16);
  }

  private static void serve(ServerSocket hub, CountDownLatch arriving) {
    try {
      while (true) {
        Socket socket = hub.accept();
        Thread.ofVirtual().start(() -> take(socket, arriving));
      }
    } catch (IOException e) {
      // Closed: all has arrived.
    }
  }

  /** A hub as plain as can be: it says yes to everything, and when it has read all that came. */
  private static void take(Socket socket, CountDownLatch arriving) {
    try (socket) {
      BufferedReader in = reader(socket);
      StringBuilder replies = new StringBuilder("220 hub.invalid ESMTP\r\n");
      boolean body = false;
      while (true) {
        if (!in.ready()) {
          write(socket, replies.toString());
          replies.setLength(0);
        }
        String line = in.readLine();
        if (line == null) {
          return;
        } else if (body && line.equals(".")) {
          body = false;
          arriving.countDown();
          replies.append("250 2.0.0 Ok\r\n");
        } else if (!body) {
          body = line.equals("DATA");
          replies.append(reply(line)).append("\r\n");
        }
      }
    } catch (IOException e) {
      // smapd has gone, or tries again.
    }
  }

  private static String reply(String command) {
    return switch (command.substring(0, Math.min(4, command.length()))) {
      case "DATA" -> "354 go on";
      case "EHLO" -> "250-hub.invalid\r\n250-PIPELINING\r\n250 8BITMIME";
      case "QUIT" -> "221 2.0.0 Bye";
      default -> "250 2.0.0 Ok";
    };
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  private static void say(Socket socket, BufferedReader in, String line, String expected)
      throws IOException {
    write(socket, line + "\r\n");
    expect(in, expected);
  }

  private static void write(Socket socket, String text) throws IOException {
    if (!text.isEmpty()) {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private static void expect(BufferedReader in, String code) throws IOException {
    String line;
    do {
      line = in.readLine();
      if (line == null || !line.startsWith(code)) {
        throw new IOException("expected " + code + ", got " + line);
      }
    } while (line.startsWith(code + "-"));
  }
}
