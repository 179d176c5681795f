package sallyport.quickstart;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.logging.LogManager;
import java.util.stream.Stream;

/**
 * Takes one message across the gateway on loopback and shows what happened: smap and smapd from the
 * distribution, an embedded mail server inside, a table made for the occasion.
 */
public final class Quickstart {

  private static final int SMAP = 61001;
  private static final int SMAPD = 61002;
  private static final Duration START_TIME = Duration.ofSeconds(30);
  private static final Set<String> STORY =
      Set.of("unconfined", "confined", "connect", "accepted", "disconnect", "taken", "delivered");
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
  private final Path distribution;
  private final Path folder;

  private Quickstart(Path distribution, Path folder) {
    this.distribution = distribution;
    this.folder = folder;
  }

  /** Arguments: the distribution's folder, and {@code --keep} to stay up. */
  public static void main(String[] args) throws Exception {
    LogManager.getLogManager().reset(); // the embedded server's chatter
    Path folder = Files.createTempDirectory("sallyport-quickstart-");
    Thread cleaner = new Thread(() -> deleteTree(folder));
    Runtime.getRuntime().addShutdownHook(cleaner);
    new Quickstart(Path.of(args[0]).toAbsolutePath(), folder).run(List.of(args).contains("--keep"));
  }

  private void run(boolean keep) throws Exception {
    GreenMail inside = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    inside.start();
    try {
      Path table = writeTable(inside.getSmtp().getPort());
      try (Daemon smap = start("smap", table);
          Daemon smapd = start("smapd", table)) {
        int port = portOf(smap.awaitLine("listening", START_TIME));
        smap.awaitLine("ready", START_TIME);
        smapd.awaitLine("ready", START_TIME);
        carryOne(inside, port);
        smapd.awaitLine("delivered", START_TIME);
        tell(inside, smap, smapd);
        if (keep) {
          stay(port, table);
        }
      }
    } finally {
      inside.stop();
    }
  }

  private Path writeTable(int hubPort) throws IOException {
    Path spool = Files.createDirectory(folder.resolve("spool"));
    String text =
        accounts(spool)
            + """
            *:           hostname gateway.example
            smap, smapd: directory %s
            smap, smapd: local-domains inside.example
            smap:        listen 127.0.0.1:0
            smap:        permit-hosts 127.0.0.1
            smapd:       relay 127.0.0.1:%d
            """
                .formatted(spool, hubPort);
    out.println("The table:");
    out.println(text.indent(2));
    return Files.writeString(folder.resolve("netperm-table"), text);
  }

  /**
   * As root the daemons are confined, as they would be in service: under accounts of their own (by
   * number, so that none has to be made), locked into the spool. Otherwise they make its folders.
   */
  private static String accounts(Path spool) throws IOException {
    if (!Integer.valueOf(0).equals(Files.getAttribute(spool, "unix:uid"))) {
      return "";
    }
    Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxr-xr-x"));
    makeFolder(spool.resolve("tmp"), SMAP, SMAPD, 02700);
    makeFolder(spool.resolve("new"), SMAP, SMAPD, 02770);
    makeFolder(spool.resolve("queue"), SMAPD, SMAPD, 0700);
    makeFolder(spool.resolve("bad"), SMAPD, SMAPD, 0700);
    return """
    smap:        userid %d
    smap:        groupid %d
    smapd:       userid %d
    smapd:       groupid %d
    """
        .formatted(SMAP, SMAP, SMAPD, SMAPD);
  }

  private static void makeFolder(Path path, int uid, int gid, int mode) throws IOException {
    Files.createDirectory(path);
    Files.setAttribute(path, "unix:uid", uid);
    Files.setAttribute(path, "unix:gid", gid);
    Files.setAttribute(path, "unix:mode", mode);
  }

  private Daemon start(String program, Path table) throws IOException {
    return Daemon.start(distribution.resolve("bin").resolve(program), table);
  }

  private static int portOf(String listening) {
    return Integer.parseInt(listening.replaceFirst(".*:(\\d+)\\D*$", "$1"));
  }

  private void carryOne(GreenMail inside, int port) throws IOException, InterruptedException {
    out.println("The client's dialogue with smap:");
    List<String> dialogue =
        SmtpClient.send(
            port, "ann@outside.example", "john@inside.example", MESSAGE.lines().toList());
    dialogue.forEach(line -> out.println("  " + line));
    out.println();
    if (!inside.waitForIncomingEmail(START_TIME.toMillis(), 1)) {
      throw new IOException("the message did not reach the inside server; see the log above");
    }
  }

  private void tell(GreenMail inside, Daemon... daemons) throws Exception {
    out.println("What they logged of it:");
    Stream.of(daemons)
        .flatMap(Quickstart::story)
        .sorted()
        .forEach(line -> out.println("  " + line));
    out.println();
    out.println("The message, as it arrived inside:");
    MimeMessage message = inside.getReceivedMessages()[0];
    java.io.ByteArrayOutputStream octets = new java.io.ByteArrayOutputStream();
    message.writeTo(octets);
    out.println(octets.toString(StandardCharsets.ISO_8859_1).replace("\r\n", "\n").indent(2));
    checkArrived(octets.toString(StandardCharsets.ISO_8859_1));
  }

  /** The lines that tell the message's story, each with the daemon's name behind the time. */
  private static Stream<String> story(Daemon daemon) {
    return daemon.lines().stream()
        .map(line -> line.split(" ", 3))
        .filter(parts -> parts.length == 3 && STORY.contains(parts[1]))
        .map(parts -> "%s %-5s %s %s".formatted(parts[0], daemon.name(), parts[1], parts[2]));
  }

  private static void checkArrived(String arrived) throws IOException {
    String sent = MESSAGE.replace("\n", "\r\n").stripTrailing();
    if (!arrived.contains(sent)) {
      throw new IOException("the message arrived, but not as it was sent");
    }
  }

  private void stay(int port, Path table) throws InterruptedException {
    out.println("It stays up. Send more with, for example:");
    out.println(
        "  swaks --server 127.0.0.1:"
            + port
            + " --from ann@outside.example --to john@inside.example");
    out.println("The table is " + table + ". Ctrl-C ends it.");
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
