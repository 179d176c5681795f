package sallyport.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The gateway's folders and its table, in a temporary folder.
 *
 * <p>As root the daemons are confined, as they would be in service: under accounts of their own (by
 * number, so that none has to be made), each locked into its folder.
 */
final class Site {
  private static final int SMAP = 61001;
  private static final int SMAPD = 61002;
  private static final int POP3_GW = 61003;
  private static final int AUTHSRV = 61004;

  private final Path distribution;
  private final Path folder;
  private final boolean root;

  /** Nothing is made yet. */
  Site(Path distribution, Path folder) throws IOException {
    this.distribution = distribution;
    this.folder = folder;
    this.root = Integer.valueOf(0).equals(Files.getAttribute(folder, "unix:uid"));
  }

  private Path spool() {
    return folder.resolve("spool");
  }

  /** pop3-gw's: authsrv's socket and nothing else. */
  private Path gate() {
    return folder.resolve("gate");
  }

  /** authsrv's: users and keys. */
  private Path users() {
    return folder.resolve("users");
  }

  Path table() {
    return folder.resolve("netperm-table");
  }

  /**
   * Makes folders and table, for an inside server that takes mail on one port and hands it out on
   * the other.
   *
   * @return the table
   */
  String make(int smtpPort, int pop3Port) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    makeFolders();
    String text =
        accounts()
            + """
            *:           hostname gateway.example
            smap, smapd: directory %1$s
            smap, smapd: local-domains inside.example
            smap:        listen 127.0.0.1:0
            smap:        permit-hosts 127.0.0.1
            smapd:       relay 127.0.0.1:%2$d

            authsrv:     directory %3$s
            authsrv:     listen %4$s/authsrv%5$s
            pop3-gw:     directory %4$s
            pop3-gw:     authserver authsrv
            pop3-gw:     listen 127.0.0.1:0
            pop3-gw:     permit-hosts 127.0.0.1
            pop3-gw:     server mail 127.0.0.1:%6$d pass
            pop3-gw:     default-server mail
            """
                .formatted(spool(), smtpPort, users(), gate(), root ? " " + POP3_GW : "", pop3Port);
    Files.writeString(table(), text);
    return text;
  }

  private String accounts() {
    return root
        ? """
        smap:        userid %1$d
        smap:        groupid %1$d
        smapd:       userid %2$d
        smapd:       groupid %2$d
        pop3-gw:     userid %3$d
        pop3-gw:     groupid %3$d
        authsrv:     userid %4$d
        authsrv:     groupid %4$d
        """
            .formatted(SMAP, SMAPD, POP3_GW, AUTHSRV)
        : "";
  }

  /** Not as root smap and smapd make what is in the spool themselves. */
  private void makeFolders() throws IOException {
    makeFolder(spool(), 0, 0, 0755);
    if (root) {
      makeFolder(spool().resolve("tmp"), SMAP, SMAPD, 02700);
      makeFolder(spool().resolve("new"), SMAP, SMAPD, 02770);
      makeFolder(spool().resolve("queue"), SMAPD, SMAPD, 0700);
      makeFolder(spool().resolve("bad"), SMAPD, SMAPD, 0700);
    }
    makeFolder(gate(), AUTHSRV, POP3_GW, 02750);
    makeFolder(users(), AUTHSRV, AUTHSRV, 0700);
  }

  private void makeFolder(Path path, int uid, int gid, int mode) throws IOException {
    Files.createDirectory(path);
    if (root) {
      Files.setAttribute(path, "unix:uid", uid);
      Files.setAttribute(path, "unix:gid", gid);
    }
    Files.setAttribute(path, "unix:mode", mode);
  }

  /** Starts one of the daemons and does not wait for it. */
  Daemon start(String program) throws IOException {
    return Daemon.start(program(program), table());
  }

  private Path program(String name) {
    return distribution.resolve("bin").resolve(name);
  }

  /**
   * Runs the command authdb to its end.
   *
   * @param input what it reads
   * @return what it prints; what it says beside that goes to our standard error if it fails
   */
  String authdb(String input, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program("authdb").toString(), "--table", table().toString()));
    command.addAll(Arrays.asList(arguments));
    Path notes = folder.resolve("authdb-notes");
    Process process = new ProcessBuilder(command).redirectError(notes.toFile()).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.US_ASCII));
    }
    try (InputStream out = process.getInputStream()) {
      String printed = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException("authdb " + arguments[0] + ": " + Files.readString(notes).strip());
      }
      return printed;
    }
  }
}
