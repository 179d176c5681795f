package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel lets a daemon open once it serves; needs no root. */
class CallFilterTest {

  @TempDir static Path folder;
  private static String classPath;

  @BeforeAll
  static void packClasses() throws IOException {
    classPath = TestJars.classPath(folder);
  }

  @Test
  void connectionsMeansWhatItSaysAndNothingNewThatListens() throws Exception {
    try (Child child = start("plain")) {
      child.awaitLine("said: connect: done");
      child.awaitLine("said: unix: done");
      child.awaitLine("said: datagram: done");
      child.awaitLine("said: listen: refused .*not permitted");
      child.awaitLine("said: listen on unix: refused .*not permitted");
      assertStillServes(child);
    }
  }

  @Test
  void nobodyStartsAProgramOrTakesAnotherRoot() throws Exception {
    try (Child child = start("plain")) {
      child.awaitLine("said: program: refused .*not permitted");
      child.awaitLine("said: root: refused .*not permitted");
      assertStillServes(child);
    }
  }

  /** The kernel's own names for the numbers of this machine, if its headers are here. */
  @Test
  void numbersAreThoseOfTheKernelsHeader() throws IOException {
    Path header = Path.of("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
    assumeTrue(Files.exists(header), "needs linux-libc-dev");
    List<String> lines = Files.readAllLines(header);
    List<Integer> numbers = RefusedCall.numbers(true);
    RefusedCall[] calls = RefusedCall.values();
    for (int i = 0; i < calls.length; i++) {
      String name = calls[i].name().toLowerCase(Locale.ROOT);
      assertThat(lines).contains("#define __NR_" + name + " " + numbers.get(i));
    }
  }

  @Test
  void noCoreFileAndNoMemoryForOthers() throws Exception {
    try (Child child = start("plain")) {
      child.awaitLine("said: tried: all");
      Path process = Path.of("/proc/" + child.process.pid());
      assertThat(Files.readAllLines(process.resolve("limits")))
          .anyMatch(line -> line.matches("Max core file size +0 +0 +bytes *"));
      assertThat(Files.getAttribute(process.resolve("mem"), "unix:uid")).isEqualTo(0);
    }
  }

  @Test
  void whoStartsProgramsIsNotFiltered() throws Exception {
    try (Child child = start("account-only-plain")) {
      child.awaitLine("said: connect: done");
      child.awaitLine("said: listen: done");
      child.awaitLine("said: program: 0");
    }
  }

  @Test
  void everyThreadIsBoundAndGainsNoPrivileges() throws Exception {
    try (Child child = start("plain")) {
      child.awaitLine("said: tried: all");
      try (Stream<Path> tasks = Files.list(Path.of("/proc/" + child.process.pid() + "/task"))) {
        assertThat(tasks)
            .hasSizeGreaterThan(5)
            .allSatisfy(task ->
                assertThat(Files.readAllLines(task.resolve("status")))
                    .contains("NoNewPrivs:\t1", "Seccomp:\t2"));
      }
    }
  }

  @Test
  void nothingMeansNoSocketAndNoConnection() throws Exception {
    try (Child child = start("no-outgoing")) {
      child.awaitLine("said: connect: refused .*not permitted");
      child.awaitLine("said: channel: refused .*not permitted");
      child.awaitLine("said: unix: refused .*not permitted");
      child.awaitLine("said: datagram: refused .*not permitted");
      assertStillServes(child);
    }
  }

  @Test
  void datagramsMeansUdpAndNoStream() throws Exception {
    try (Child child = start("datagrams")) {
      child.awaitLine("said: connect: refused .*not permitted");
      child.awaitLine("said: unix: refused .*not permitted");
      child.awaitLine("said: datagram: done");
      assertStillServes(child);
    }
  }

  private static void assertStillServes(Child child) throws IOException {
    int port = Integer.parseInt(child.awaitLine("listening port=(\\d+)"));
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      assertThat(client.getInputStream().readNBytes(6)).isEqualTo("hello\n".getBytes());
    }
  }

  private static Child start(String mode) throws IOException {
    Path directory = Files.createTempDirectory(folder, "plain");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path table = Files.createTempFile(folder, "table", "");
    Files.setPosixFilePermissions(table, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(
        table,
        "*: hostname gate\n*: directory %s\ntest: mode %s\ntest: listen 127.0.0.1:0\n"
            .formatted(directory, mode));
    return Child.startUnprivileged(classPath, "--table", table.toString());
  }
}
