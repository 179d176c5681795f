package sallyport.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.net.ssl.SSLContext;
import org.apache.commons.daemon.DaemonContext;
import org.apache.commons.daemon.DaemonController;
import sallyport.netperm.ListenAddress;
import sallyport.netperm.Settings;

/** The daemon that tests run in a JVM of its own; the keyword {@code mode} says what it does. */
final class ChildProgram implements Program {
  private static final Duration SHORT_DRAIN = Duration.ofMillis(300);

  public static void main(String[] args) throws Exception {
    if (args[0].equals("as-jsvc")) {
      asJsvc(List.of(args).subList(1, args.length).toArray(String[]::new));
    } else if (args[0].equals("as-command")) {
      asCommand(Path.of(args[1]));
    } else {
      System.exit(DaemonCommand.run(new ChildProgram(), args));
    }
  }

  /** What jsvc does, in its order. */
  private static void asJsvc(String[] args) throws Exception {
    Lifecycle life = new Lifecycle(new ChildProgram(), SHORT_DRAIN);
    life.init(
        new DaemonContext() {
          @Override
          public DaemonController getController() {
            throw new UnsupportedOperationException();
          }

          @Override
          public String[] getArguments() {
            return args;
          }
        });
    say("initialised as " + Kernel.effectiveUserId());
    life.start();
    life.stop();
    life.destroy();
    System.exit(0);
  }

  /** What a command does that works on a daemon's files; it then waits to be looked at. */
  private static void asCommand(Path table) throws Exception {
    try {
      Settings settings = Settings.of(DaemonCommand.readTable(table), "test");
      Confinement.becomeAccount(DaemonConfig.of(settings));
      Path file = Path.of(settings.word("mode").orElseThrow());
      say("wrote " + Files.writeString(file, "x"));
    } catch (StartupException e) {
      say("exit " + e.exitCode().number() + ": " + e.getMessage());
      System.exit(e.exitCode().number());
    }
    System.in.read();
  }

  private static void say(String line) {
    System.out.println("said: " + line);
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public String summary() {
    return "Serves tests.";
  }

  @Override
  public Service configure(Settings settings, DaemonConfig config) {
    List<ListenAddress> listen = settings.listen(0);
    return new TestService(settings.word("mode").orElse("plain"), listen);
  }

  /** One step of a captured process, or of an honest one. */
  private interface Step {
    Object take() throws Exception;
  }

  private static final class TestService implements Service {
    private final String mode;
    private final List<ListenAddress> listen;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Optional<Startup> startup = Optional.empty();
    private Optional<Listeners<ServerSocket>> listeners = Optional.empty();
    private Optional<DirectoryStream<Path>> leak = Optional.empty();

    TestService(String mode, List<ListenAddress> listen) {
      this.mode = mode;
      this.listen = listen;
    }

    @Override
    public Jail jail() {
      return mode.startsWith("account-only") ? Jail.ACCOUNT_ONLY : Jail.CHROOT;
    }

    @Override
    public Outgoing outgoing() {
      return switch (mode) {
        case "no-outgoing" -> Outgoing.NOTHING;
        case "datagrams" -> Outgoing.DATAGRAMS;
        default -> Outgoing.CONNECTIONS;
      };
    }

    @Override
    public void prepare(Startup given) throws StartupException {
      startup = Optional.of(given);
      listeners = Optional.of(Listeners.bind(listen, ServerSocket::new));
      if (mode.equals("bug-in-prepare")) {
        throw new IllegalStateException("a bug");
      }
      if (mode.equals("leak")) {
        try {
          leak = Optional.of(Files.newDirectoryStream(Path.of("/etc")));
        } catch (IOException e) {
          throw new StartupException(ExitCode.IO, "no /etc");
        }
      }
    }

    @Override
    public void confined(Path root) {
      say("root " + root);
    }

    @Override
    public void serve() {
      for (ServerSocket socket : listeners.orElseThrow().sockets()) {
        Thread.ofPlatform().daemon(true).start(() -> answer(socket));
        startup.orElseThrow().log().write(Event.LISTENING, Field.of("port", socket.getLocalPort()));
      }
      switch (mode) {
        case "captured" -> captured();
        case "plain", "account-only-plain", "no-outgoing", "datagrams" -> reachOut();
        case "account-only" -> tryStep("start", () -> new ProcessBuilder("true").start().waitFor());
        case "throws" ->
            Thread.ofVirtual()
                .name("unlucky")
                .start(() -> {
                  throw new IllegalStateException("on\npurpose");
                });
        case "stops" -> startup.orElseThrow().ending().stop(ExitCode.IO);
        default -> say("serving");
      }
    }

    private static void answer(ServerSocket socket) {
      while (true) {
        try (Socket client = socket.accept()) {
          client.getOutputStream().write("hello\n".getBytes());
        } catch (IOException e) {
          return;
        }
      }
    }

    private void captured() {
      tryStep("passwd", () -> Files.readString(Path.of("/etc/passwd")));
      tryStep("proc", () -> Files.readString(Path.of("/proc/self/status")));
      tryStep("dotdot", () -> Files.readString(Path.of("/../../../../../../etc/passwd")));
      tryStep("list", () -> list(Path.of("/")));
      tryStep("setuid", () -> did(() -> Kernel.becomeUser(0)));
      tryStep("setgid", () -> did(() -> Kernel.becomeGroup(0)));
      tryStep("setgroups", () -> did(Kernel::leaveAllGroups));
      tryStep("chroot", () -> did(() -> Kernel.changeRoot("/work")));
      tryStep("program", () -> new ProcessBuilder("/bin/true").start().waitFor());
      tryStep("files-as", () -> did(() -> Kernel.useFilesAs(0, 0)));
      tryStep("bind", () -> did(() -> new ServerSocket(1).close()));
      tryStep("write", () -> Files.writeString(Path.of("/work/file"), "x"));
      tryStep("write-root", () -> Files.writeString(Path.of("/file"), "x"));
      tryStep(
          "name", () -> startup.orElseThrow().names().nameOf(InetAddress.ofLiteral("192.0.2.7")));
      tryStep("cipher", () -> Cipher.getInstance("AES/GCM/NoPadding").getAlgorithm());
      tryStep(
          "tls", () -> SSLContext.getDefault().createSSLEngine().getSupportedProtocols().length);
      tryStep("date", TestService::date);
      tryStep("zone", () -> TimeZone.getTimeZone("America/New_York").getID());
      tryStep("class", () -> LateClass.class.getSimpleName() + LateClass.number());
      tryStep("tried", () -> "all");
    }

    private void reachOut() {
      InetSocketAddress own =
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(),
              listeners.orElseThrow().sockets().getFirst().getLocalPort());
      tryStep("connect", () -> did(() -> new Socket(own.getAddress(), own.getPort()).close()));
      tryStep("channel", () -> did(() -> SocketChannel.open().close()));
      tryStep("unix", () -> did(() -> SocketChannel.open(StandardProtocolFamily.UNIX).close()));
      tryStep(
          "datagram",
          () ->
              did(() -> {
                try (DatagramChannel channel = DatagramChannel.open()) {
                  channel.connect(own);
                }
              }));
      tryStep("program", () -> new ProcessBuilder("/bin/true").start().waitFor());
      tryStep("root", () -> did(() -> Kernel.changeRoot("/")));
      tryStep("listen", () -> did(() -> new ServerSocket(0, 1, own.getAddress()).close()));
      tryStep(
          "listen on unix",
          () ->
              did(() -> {
                try (var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                  channel.bind(null);
                }
              }));
      tryStep("tried", () -> "all");
      say("serving");
    }

    /** Not named anywhere before the jail is closed. */
    private static final class LateClass {
      static int number() {
        return List.of(1, 2, 3).stream().mapToInt(i -> i).sum();
      }
    }

    private static String date() {
      ZonedDateTime time = ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneId.of("America/New_York"));
      return DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH).format(time);
    }

    private static List<String> list(Path folder) throws IOException {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
        List<String> names = new java.util.ArrayList<>();
        entries.forEach(entry -> names.add(entry.getFileName().toString()));
        return names;
      }
    }

    private interface Deed {
      void run() throws Exception;
    }

    private static String did(Deed deed) throws Exception {
      deed.run();
      return "done";
    }

    private static void tryStep(String name, Step step) {
      try {
        say(name + ": " + step.take());
      } catch (Exception | LinkageError e) {
        say(name + ": refused " + e);
      }
    }

    @Override
    public void drain(Duration bound) {
      say("drain " + bound.toMillis());
      try {
        if (mode.equals("slow") || mode.equals("account-only")) {
          closed.await(mode.equals("slow") ? 60 : 0, TimeUnit.SECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      say("close");
      closed.countDown();
      listeners.ifPresent(Listeners::close);
    }
  }
}
