package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole daemon under an ordinary account, in a JVM of its own. */
class LifecycleTest {
  @TempDir static Path folder;
  private static String classPath;

  @BeforeAll
  static void packClasses() throws IOException {
    classPath = TestJars.classPath(folder);
  }

  private static Child start(String mode, String... more) throws IOException {
    return Child.startUnprivileged(classPath, "-t", table(mode, more));
  }

  private static String table(String mode, String... more) throws IOException {
    Path table = Files.createTempFile(folder, "table", "");
    String listen = more.length == 0 ? "test: listen 127.0.0.1:0\n" : "";
    Files.writeString(
        table, "*: hostname gate\ntest: mode " + mode + "\n" + listen + String.join("", more));
    Files.setPosixFilePermissions(table, PosixFilePermissions.fromString("rw-r--r--"));
    return table.toString();
  }

  @Test
  void sigtermDrainsAndEndsWithZero() throws Exception {
    try (Child child = start("plain")) {
      int port = Integer.parseInt(child.awaitLine("listening port=(\\d+)"));
      child.awaitLine(" ready$");
      try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
        assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("hello\n");
      }
      child.terminate();
      assertThat(child.exitCode()).isZero();
      assertThat(child.events())
          .containsExactly("unconfined", "starting", "listening", "ready", "draining", "stopped");
      assertThat(child.lines())
          .contains("said: root /var/spool/smap", "said: drain 30000", "said: close")
          .anyMatch(line -> line.endsWith("draining cause=SIGTERM bound=30"));
    }
  }

  @Test
  void secondSignalCutsTheDrain() throws Exception {
    try (Child child = start("slow")) {
      child.awaitLine(" ready$");
      Instant began = Instant.now();
      child.terminate();
      child.awaitLine("said: drain");
      child.terminate();
      assertThat(child.exitCode()).isZero();
      assertThat(Duration.between(began, Instant.now())).isLessThan(Lifecycle.DRAIN_BOUND);
      assertThat(child.events()).endsWith("draining", "stopped");
    }
  }

  @Test
  void drainThatKnowsNoBoundIsCutAtIt() throws Exception {
    try (Child child = Child.startUnprivileged(classPath, "as-jsvc", "-t", table("slow"))) {
      assertThat(child.exitCode()).isZero();
      assertThat(child.events()).endsWith("ready", "draining", "stopped");
    }
  }

  @Test
  void exceptionThatNobodyCatchesIsLoggedAndEndsTheProcess() throws Exception {
    try (Child child = start("throws")) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.SOFTWARE.number());
      assertThat(child.awaitLine(" fatal .*"))
          .contains(
              " fatal thread=unlucky error=\"java.lang.IllegalStateException: on\\x0apurpose\"")
          .contains("at=\"sallyport.daemon.ChildProgram");
    }
  }

  @Test
  void bugInPrepareIsFatal() throws Exception {
    try (Child child = start("bug-in-prepare")) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.SOFTWARE.number());
      assertThat(child.events()).endsWith("fatal");
    }
  }

  @Test
  void serviceEndsItsProcessInOrder() throws Exception {
    try (Child child = start("stops")) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.IO.number());
      assertThat(child.events()).endsWith("draining", "stopped");
    }
  }

  @Test
  void takenPortIsOneLineThatNamesTheTable() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String listen = "test: listen 127.0.0.1:" + other.getLocalPort() + "\n";
      try (Child child = start("plain", listen)) {
        assertThat(child.exitCode()).isEqualTo(ExitCode.UNAVAILABLE.number());
        assertThat(child.events()).containsExactly("unconfined", "starting", "not-started");
        assertThat(child.awaitLine(" not-started (.*)$"))
            .startsWith("exit=69 reason=\"" + folder)
            .contains(":3: listen 127.0.0.1:" + other.getLocalPort() + ": address already in use");
      }
    }
  }

  @Test
  void accountThatThisProcessIsNotIsRefused() throws Exception {
    String more = "test: listen 127.0.0.1:0\ntest: userid 61001\ntest: groupid 61001\n";
    try (Child child = start("plain", more)) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.NO_PERMISSION.number());
      assertThat(child.events()).containsExactly("not-started");
    }
  }

  @Test
  void wrongTableIsALineAProblemAndNothingElse() throws Exception {
    String more = "test: listen nowhere\ntest: mood bad\nno colon\n";
    try (Child child = start("plain", more)) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.CONFIG.number());
      assertThat(child.lines()).hasSize(3).allMatch(line -> line.matches("/.*:[345]: error: .*"));
    }
  }
}
