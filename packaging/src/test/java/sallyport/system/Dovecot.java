package sallyport.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A whole Dovecot with a configuration, folders and users of its own, on loopback: POP3 with APOP,
 * a maildir a user, all of them one number that no account has. Needs root.
 */
final class Dovecot implements AutoCloseable {
  private static final int OWNER = 61010;

  private final Path folder;
  private final int port;
  private final int tlsPort;
  private final Child master;
  private int delivered;

  /** Starts one in a folder of this name, and waits until it serves. */
  Dovecot(Path parent, String name) throws IOException, InterruptedException {
    this(parent, name, Optional.empty());
  }

  /**
   * The same with TLS: by STLS, and on a port of its own from the first octet; with the certificate
   * of its name.
   */
  Dovecot(Path parent, String name, Certificates certificates)
      throws IOException, InterruptedException {
    this(parent, name, Optional.of(certificates));
  }

  private Dovecot(Path parent, String name, Optional<Certificates> certificates)
      throws IOException, InterruptedException {
    Needs.root();
    Needs.programs("dovecot");
    folder = Files.createDirectory(parent.resolve("dovecot-" + name));
    Files.createFile(users());
    own(Files.createDirectory(folder.resolve("mail")));
    port = Ports.free();
    tlsPort = certificates.isPresent() ? Ports.free() : 0;
    String text = configuration(name) + certificates.map(of -> tls(of, name)).orElse("ssl = no\n");
    Path config = Files.writeString(folder.resolve("dovecot.conf"), text);
    master = Child.start(List.of(Needs.program("dovecot"), "-F", "-c", config.toString()));
    Ports.awaitOpen(port);
  }

  private String configuration(String name) {
    return """
    base_dir = %1$s/run
    state_dir = %1$s/run
    instance_name = %2$s
    log_path = %1$s/log
    protocols = pop3
    listen = 127.0.0.1
    disable_plaintext_auth = no
    auth_mechanisms = plain apop
    auth_failure_delay = 0
    mail_location = maildir:%1$s/mail/%%u
    mail_max_userip_connections = 1000
    first_valid_uid = %3$d
    first_valid_gid = %3$d
    passdb {
      driver = passwd-file
      args = scheme=PLAIN username_format=%%u %1$s/users
    }
    userdb {
      driver = static
      args = uid=%3$d gid=%3$d home=%1$s/mail/%%u
    }
    service auth {
      client_limit = 4096
    }
    service anvil {
      unix_listener anvil-auth-penalty {
        mode = 0
      }
    }
    service pop3-login {
      chroot =
      service_count = 0
      process_min_avail = 1
      inet_listener pop3 {
        port = %4$d
      }
      inet_listener pop3s {
        port = %5$d
        ssl = yes
      }
    }
    service pop3 {
      service_count = 200
    }
    """
        .formatted(folder, name, OWNER, port, tlsPort);
  }

  private static String tls(Certificates certificates, String name) {
    return "ssl = yes\nssl_cert = <%s\nssl_key = <%s\n"
        .formatted(certificates.file(name + ".pem"), certificates.file(name + ".key"));
  }

  private Path users() {
    return folder.resolve("users");
  }

  private static void own(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", OWNER);
    Files.setAttribute(path, "unix:gid", OWNER);
  }

  int port() {
    return port;
  }

  /** Where TLS comes first. */
  int tlsPort() {
    return tlsPort;
  }

  /** Adds users with an empty maildir each; Dovecot reads its file of users anew. */
  void addUser(String name, String secret) throws IOException {
    Files.writeString(
        users(),
        name + ":{PLAIN}" + secret + "\n",
        StandardCharsets.US_ASCII,
        StandardOpenOption.APPEND);
    own(Files.createDirectory(mailbox(name)));
    for (String part : List.of("tmp", "new", "cur")) {
      own(Files.createDirectory(mailbox(name).resolve(part)));
    }
  }

  private Path mailbox(String user) {
    return folder.resolve("mail").resolve(user);
  }

  /** Lays a message with CR LF at its lines' ends down in a mailbox. */
  void deliver(String user, String message) throws IOException {
    Path file = mailbox(user).resolve("tmp").resolve(++delivered + ".delivered");
    Files.writeString(file, message.replace("\r\n", "\n"), StandardCharsets.ISO_8859_1);
    own(file);
    Files.move(file, mailbox(user).resolve("new").resolve(file.getFileName()));
  }

  /** Takes all messages out of a mailbox. */
  void clear(String user) throws IOException {
    for (Path message : messages(user)) {
      Files.delete(message);
    }
  }

  /** How many messages a mailbox holds. */
  long count(String user) throws IOException {
    return messages(user).size();
  }

  private List<Path> messages(String user) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String part : List.of("new", "cur")) {
      try (Stream<Path> files = Files.list(mailbox(user).resolve(part))) {
        files.forEach(found::add);
      }
    }
    return found;
  }

  /** What it has logged: a line {@code Login: user=<...>, method=...} for each login. */
  String log() throws IOException {
    return Files.readString(folder.resolve("log"), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    master.close();
  }
}
