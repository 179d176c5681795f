package sallyport.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A whole Postfix with a configuration and a queue of its own, on loopback, that delivers into the
 * maildir of a virtual mailbox. Needs root.
 */
final class PostfixHub implements Hub {
  private static final int OWNER = 61003;
  private static final Duration STOP_TIME = Duration.ofSeconds(30);

  private final Path folder;
  private final Path config;
  private final int port;

  PostfixHub(Path folder, String domain) throws IOException, InterruptedException {
    this(folder, domain, "");
  }

  /** One with further lines in its main.cf. */
  PostfixHub(Path folder, String domain, String settings) throws IOException, InterruptedException {
    Needs.root();
    this.folder = folder;
    config = Files.createDirectory(folder.resolve("postfix"));
    Path queue = Files.createDirectory(folder.resolve("postfix-queue"));
    Path data = Files.createDirectory(folder.resolve("postfix-data"));
    Path mail = Files.createDirectory(folder.resolve("postfix-mail"));
    Files.setOwner(
        data,
        data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix"));
    Files.setAttribute(mail, "unix:uid", OWNER);
    Files.setAttribute(mail, "unix:gid", OWNER);
    port = Ports.free();
    Files.writeString(config.resolve("main.cf"), main(queue, data, mail, domain) + settings);
    String master = Files.readString(Path.of("/usr/share/postfix/master.cf.dist"));
    Files.writeString(
        config.resolve("master.cf"),
        master.replaceAll(
            "(?m)^smtp +inet .*smtpd$", "127.0.0.1:" + port + " inet n - n - - smtpd"));
    start();
  }

  /** Starts it, also again after {@link #stop}. */
  void start() throws IOException, InterruptedException {
    postfix("start");
    Ports.awaitOpen(port);
  }

  /** Stops it: its port is closed. */
  void stop() throws IOException, InterruptedException {
    postfix("stop");
  }

  /** The headers of all messages that have arrived so far. */
  List<String> headers() throws IOException {
    List<String> headers = new ArrayList<>();
    Path box = folder.resolve("postfix-mail/box/new");
    if (Files.isDirectory(box)) {
      try (Stream<Path> files = Files.list(box)) {
        for (Path file : files.toList()) {
          String text = Files.readString(file, StandardCharsets.ISO_8859_1);
          headers.add(text.substring(0, text.indexOf("\n\n")));
        }
      }
    }
    return headers;
  }

  private String main(Path queue, Path data, Path mail, String domain) {
    return """
    compatibility_level = 3.6
    queue_directory = %s
    data_directory = %s
    maillog_file = %s/postfix.log
    maillog_file_prefixes = %s
    myhostname = hub.example
    mydestination =
    mynetworks = 127.0.0.0/8
    inet_interfaces = 127.0.0.1
    inet_protocols = ipv4
    smtpd_peername_lookup = no
    alias_maps =
    alias_database =
    message_size_limit = 60000000
    mailbox_size_limit = 0
    virtual_mailbox_limit = 0
    virtual_mailbox_domains = %s
    virtual_mailbox_base = %s
    virtual_mailbox_maps = static:box/
    virtual_minimum_uid = %d
    virtual_uid_maps = static:%d
    virtual_gid_maps = static:%d
    """
        .formatted(queue, data, folder, folder, domain, mail, OWNER, OWNER, OWNER);
  }

  private void postfix(String what) throws IOException, InterruptedException {
    Child.run(STOP_TIME, new byte[0], Needs.program("postfix"), "-c", config.toString(), what);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public byte[] await(String token) throws IOException {
    Path file =
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(50))
            .until(() -> find(token), Optional::isPresent)
            .orElseThrow();
    return Files.readAllBytes(file);
  }

  /** What is in {@code new/} of a maildir is whole. */
  private Optional<Path> find(String token) throws IOException {
    Path box = folder.resolve("postfix-mail/box/new");
    if (!Files.isDirectory(box)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(box)) {
      for (Path file : files.toList()) {
        try (var in = Files.newInputStream(file)) {
          if (new String(in.readNBytes(4096), StandardCharsets.ISO_8859_1).contains(token)) {
            return Optional.of(file);
          }
        }
      }
    }
    return Optional.empty();
  }

  /** In files, with LF for each line's end. */
  @Override
  public String keeps(String message) {
    return message.replace("\r\n", "\n");
  }

  @Override
  public void close() throws IOException {
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
