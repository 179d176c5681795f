package sallyport.quickstart;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.logging.LogManager;
import java.util.stream.Stream;

/**
 * Takes one message across the gateway on loopback, reads it back through the other door, and shows
 * what happened: smap, smapd, authsrv and pop3-gw from the distribution, an embedded mail server
 * inside, a table made for the occasion.
 */
public final class Quickstart {

  private static final Duration START_TIME = Duration.ofSeconds(30);
  private static final String ADDRESS = "john@inside.example";
  private static final Set<String> STORY =
      Set.of(
          "unconfined",
          "confined",
          "connect",
          "accepted",
          "disconnect",
          "taken",
          "delivered",
          "login");
  private static final String MESSAGE =
      """
      From: Ann Stranger <ann@outside.example>
      To: John Doe <john@inside.example>
      Subject: Across the gateway
      Date: Sun, 22 Nov 2026 12:00:00 +0000
      Message-ID: <quickstart@outside.example>

      This message met smap first, then the spool, then smapd.
      .A line that begins with a dot arrives as it was.
      """;

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final Site site;

  private Quickstart(Site site) {
    this.site = site;
  }

  /** Arguments: the distribution's folder, and {@code --keep} to stay up. */
  public static void main(String[] args) throws Exception {
    LogManager.getLogManager().reset(); // the embedded server's chatter
    Path folder = Files.createTempDirectory("sallyport-quickstart-");
    Thread cleaner = new Thread(() -> deleteTree(folder));
    Runtime.getRuntime().addShutdownHook(cleaner);
    Site site = new Site(Path.of(args[0]).toAbsolutePath(), folder);
    new Quickstart(site).run(List.of(args).contains("--keep"));
  }

  private void run(boolean keep) throws Exception {
    GreenMail inside =
        new GreenMail(
            new ServerSetup[] {
              new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
              new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_POP3)
            });
    inside.start();
    try {
      String insideSecret = UUID.randomUUID().toString();
      inside.setUser(ADDRESS, "john", insideSecret);
      String table = site.make(inside.getSmtp().getPort(), inside.getPop3().getPort());
      out.println("The table:");
      out.println(table.indent(2));
      serve(inside, insideSecret, keep);
    } finally {
      inside.stop();
    }
  }

  private void serve(GreenMail inside, String insideSecret, boolean keep) throws Exception {
    try (Daemon smap = site.start("smap");
        Daemon smapd = site.start("smapd");
        Daemon pop3Gw = site.start("pop3-gw")) {
      String secret = addUser(insideSecret);
      try (Daemon authsrv = site.start("authsrv")) {
        int smtpPort = portOf(smap);
        awaitReady(smap, smapd);
        carryOne(inside, smtpPort);
        smapd.awaitLine("delivered", START_TIME);
        int pop3Port = portOf(pop3Gw);
        awaitReady(authsrv, pop3Gw);
        String message = readBack(pop3Port, secret);
        pop3Gw.awaitLine("disconnect", START_TIME);
        tell(message, smap, smapd, authsrv, pop3Gw);
        if (keep) {
          stay(smtpPort, pop3Port, secret);
        }
      }
    }
  }

  /** The inside server has no APOP: it is asked with a secret that john has there alone. */
  private String addUser(String insideSecret) throws IOException, InterruptedException {
    String secret = site.authdb("", "adduser", "john", "--generate");
    site.authdb(insideSecret + "\n", "map", "john", "mail", "--stdin");
    out.println("The user:");
    out.println("  $ authdb adduser john --generate     (a secret of 128 bits, for APOP here)");
    out.println("  $ authdb map john mail --stdin       (his password at the inside server)");
    out.println();
    return secret;
  }

  private static void awaitReady(Daemon... daemons) throws IOException, InterruptedException {
    for (Daemon daemon : daemons) {
      daemon.awaitLine("ready", START_TIME);
    }
  }

  private static int portOf(Daemon daemon) throws IOException, InterruptedException {
    String listening = daemon.awaitLine("listening", START_TIME);
    return Integer.parseInt(listening.replaceFirst(".*:(\\d+)\\D*$", "$1"));
  }

  private void carryOne(GreenMail inside, int port) throws IOException, InterruptedException {
    out.println("A stranger's dialogue with smap:");
    List<String> dialogue =
        SmtpClient.send(port, "ann@outside.example", ADDRESS, MESSAGE.lines().toList());
    dialogue.forEach(line -> out.println("  " + line));
    out.println();
    if (!inside.waitForIncomingEmail(START_TIME.toMillis(), 1)) {
      throw new IOException("the message did not reach the inside server; see the log above");
    }
  }

  private String readBack(int port, String secret) throws IOException {
    out.println("John's dialogue with pop3-gw, and behind it with the inside server:");
    PopClient.Visit visit = PopClient.read(port, "john", secret);
    visit.dialogue().forEach(line -> out.println("  " + line));
    out.println();
    return visit.message();
  }

  private void tell(String message, Daemon... daemons) throws IOException {
    out.println("What they logged of it:");
    Stream.of(daemons)
        .flatMap(Quickstart::story)
        .sorted()
        .forEach(line -> out.println("  " + line));
    out.println();
    out.println("The message, as John got it:");
    out.println(message.indent(2));
    if (!message.contains(MESSAGE.stripTrailing())) {
      throw new IOException("the message arrived, but not as it was sent");
    }
  }

  /** The lines that tell the message's story, each with the daemon's name behind the time. */
  private static Stream<String> story(Daemon daemon) {
    return daemon.lines().stream()
        .map(line -> line.split(" ", 3))
        .filter(parts -> parts.length == 3 && STORY.contains(parts[1]))
        .map(parts -> "%s %-7s %s %s".formatted(parts[0], daemon.name(), parts[1], parts[2]));
  }

  private void stay(int smtpPort, int pop3Port, String secret) throws InterruptedException {
    out.println("It stays up. Send more, and read it, with for example:");
    out.println(
        "  swaks --server 127.0.0.1:" + smtpPort + " --from ann@outside.example --to " + ADDRESS);
    out.println(
        "  curl --login-options AUTH=+APOP --user john:"
            + secret
            + " pop3://127.0.0.1:"
            + pop3Port
            + "/1");
    out.println("The table is " + site.table() + ". Ctrl-C ends it.");
    Thread.currentThread().join();
  }

  private static void deleteTree(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.err.println("quickstart: could not delete " + folder + ": " + e.getMessage());
    }
  }
}
