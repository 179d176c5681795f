package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.authdb.authsrv.TestBroker.secret;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.UserDatabase;
import sallyport.authdb.protocol.ApopDigest;
import sallyport.authdb.protocol.AuthsrvClient;
import sallyport.authdb.protocol.AuthsrvClient.Answer;

/** The program, in a process of its own. */
class AuthsrvTest {
  private static final int BROKER = 54321;
  private static final int STRANGER = 54322;
  private static final InetAddress HOME = InetAddress.ofLiteral("192.0.2.7");

  @TempDir static Path jars;
  private static String classPath;

  @TempDir Path folder;
  private Path jail;
  private Path socket;

  @BeforeAll
  static void packJars() throws IOException {
    classPath = RunningAuthsrv.classPath(jars);
  }

  @BeforeEach
  void makeFolders() throws Exception {
    mode(folder, "rwxr-xr-x");
    jail = mode(Files.createDirectory(folder.resolve("jail")), "rwx------");
    socket = mode(Files.createDirectory(folder.resolve("run")), "rwxr-xr-x").resolve("authsrv");
  }

  private static Path mode(Path path, String mode) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private void makeUsers() throws Exception {
    try (UserDatabase users = UserDatabase.create(jail.resolve("users.db"), jail.resolve("keys"))) {
      users.add("john", "", "", Optional.of(secret("tanstaaf")), false);
    }
  }

  private Path table(String more) throws IOException {
    return Files.writeString(
        folder.resolve("netperm-table"),
        """
        *: hostname gate.example.com
        authsrv: directory %s
        authsrv: listen %s
        pop3-gw: server mail 10.0.0.1
        pop3-gw: default-server mail
        """
                .formatted(jail, socket)
            + more);
  }

  private Path confinedTable() throws Exception {
    Files.setAttribute(socket.getParent(), "unix:gid", BROKER);
    try (Stream<Path> files = Files.walk(jail)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", BROKER);
        Files.setAttribute(file, "unix:gid", BROKER);
      }
    }
    String table =
        Files.readString(
            table("authsrv: userid %d\nauthsrv: groupid %d\n".formatted(BROKER, BROKER)));
    return Files.writeString(
        folder.resolve("netperm-table"),
        table.replace("listen " + socket, "listen " + socket + " root " + BROKER));
  }

  private AuthsrvClient client() {
    return new AuthsrvClient(
        socket,
        new AuthsrvClient.Listener() {
          @Override
          public void connected() {}

          @Override
          public void lost(String why) {}
        });
  }

  private static Answer login(AuthsrvClient client, String secret) {
    String challenge = ((Answer.Challenge) client.challenge()).text();
    return client.verify("john", challenge, ApopDigest.hex(challenge, secret.getBytes()), HOME);
  }

  @Test
  void confinedItServesPermittedAccountsAndKeepsWhatItCounted() throws Exception {
    Root.needed();
    makeUsers();
    Path table = confinedTable();
    try (RunningAuthsrv authsrv = RunningAuthsrv.start(classPath, table);
        AuthsrvClient client = client()) {
      authsrv.awaitLine(" ready");
      authsrv.awaitLine(
          "confined jail=chroot directory=" + jail + " account=54321 uid=54321 gid=54321");
      authsrv.awaitLine("outgoing=nothing");
      Answer.Granted granted = (Answer.Granted) login(client, "tanstaaf");
      assertThat(client.respond(granted.grant(), "<a@b>")).isInstanceOf(Answer.Digest.class);
      assertThat(login(client, "wrong")).isInstanceOf(Answer.Refused.class);
      assertThat(authsrv.terminated()).as("%s", authsrv.lines()).isZero();
      assertThat(authsrv.lines().getLast()).contains(" stopped");
    }
    assertThat(Files.getAttribute(socket, "unix:uid")).isEqualTo(BROKER);
    assertThat(Files.getAttribute(socket, "unix:gid")).isEqualTo(BROKER);
    try (RunningAuthsrv again = RunningAuthsrv.start(classPath, table);
        AuthsrvClient client = client()) {
      again.awaitLine(" ready");
      assertThat(login(client, "tanstaaf")).isInstanceOf(Answer.Granted.class);
    }
  }

  @Test
  void aWrongAccountGetsNotOneOctetEvenIfItCanConnect() throws Exception {
    Root.needed();
    makeUsers();
    try (RunningAuthsrv authsrv = RunningAuthsrv.start(classPath, confinedTable())) {
      authsrv.awaitLine(" ready");
      mode(socket, "rw-rw-rw-");
      List<String> asStranger =
          List.of("setpriv", "--reuid=" + STRANGER, "--regid=" + STRANGER, "--clear-groups");
      try (RunningAuthsrv peer =
          RunningAuthsrv.start(asStranger, classPath, PeerProgram.class, socket.toString())) {
        assertThat(peer.exitCode()).as("%s", peer.lines()).isZero();
        assertThat(peer.lines()).containsExactly("got nothing");
      }
      authsrv.awaitLine("wrong-peer securityalert=yes socket=" + socket + " account=" + STRANGER);
      try (RunningAuthsrv peer =
          RunningAuthsrv.start(List.of(), classPath, PeerProgram.class, socket.toString())) {
        peer.exitCode();
        assertThat(peer.lines()).containsExactly("got 20 octets");
      }
    }
  }

  @Test
  void withoutADatabaseItSaysHowToMakeOne() throws Exception {
    mode(jail, "rwx------");
    assertCannotStart(78, "there is no such database", "authdb adduser");
  }

  @Test
  void withAWrongKeyItDoesNotStart() throws Exception {
    makeUsers();
    Path other = mode(Files.createDirectory(folder.resolve("other")), "rwx------");
    UserDatabase.create(other.resolve("users.db"), other.resolve("keys")).close();
    Path key = onlyFile(jail.resolve("keys"));
    Path wrong = onlyFile(other.resolve("keys"));
    byte[] octets = Files.readAllBytes(wrong);
    Files.delete(key);
    Files.write(key, octets);
    mode(key, "r--------");
    assertCannotStart(78, "key");
  }

  @Test
  void withoutItsKeyItDoesNotStart() throws Exception {
    makeUsers();
    Files.delete(onlyFile(jail.resolve("keys")));
    assertCannotStart(78, "key");
  }

  @Test
  void filesThatOthersMayReadAreNotServedFrom() throws Exception {
    makeUsers();
    mode(jail.resolve("users.db"), "rw-r--r--");
    assertCannotStart(77, "users.db");
  }

  private static Path onlyFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  /** As whoever runs this test; root must have an account to become. */
  private void assertCannotStart(int code, String... said) throws Exception {
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    Path table = root ? confinedTable() : table("");
    try (RunningAuthsrv authsrv = RunningAuthsrv.start(classPath, table)) {
      assertThat(authsrv.exitCode()).as("%s", authsrv.lines()).isEqualTo(code);
      assertThat(authsrv.lines())
          .anySatisfy(line -> assertThat(line).contains("not-started").contains(said));
    }
  }

  @Test
  void anOldTableIsCheckedWithWarnings() throws Exception {
    Path table = table("authsrv: nobogus true\nauthsrv: hosts 127.0.0.1\n");
    try (RunningAuthsrv check =
        RunningAuthsrv.start(
            List.of(), classPath, Main.class, "--check", "--table", table.toString())) {
      assertThat(check.exitCode()).as("%s", check.lines()).isZero();
      assertThat(check.lines()).anyMatch(line -> line.contains("'nobogus' is obsolete"));
    }
  }
}
