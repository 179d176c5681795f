package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Confinement as the kernel sees it from outside, and as a captured process feels it inside. */
class ConfinementTest {
  private static final int UID = 61001;
  private static final int GID = 61002;

  @TempDir static Path folder;
  private static String classPath;
  private Path jail;

  @BeforeAll
  static void packClasses() throws IOException {
    classPath = TestJars.classPath(folder);
  }

  @BeforeEach
  void makeJail() throws IOException {
    jail = Files.createTempDirectory(folder, "jail").toRealPath();
    Files.setPosixFilePermissions(jail, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String table(String mode, String... more) throws IOException {
    Path table = Files.createTempFile(folder, "table", "");
    Files.writeString(
        table,
        "*: hostname gate\n*: directory %s\ntest: mode %s\ntest: listen 127.0.0.1:0\n"
                .formatted(jail, mode)
            + String.join("\n", more)
            + "\n");
    return table.toString();
  }

  private static String account() {
    return "test: userid " + UID + "\ntest: groupid " + GID;
  }

  @Test
  void capturedProcessIsAloneInItsJail() throws Exception {
    Root.needed();
    Path work = Files.createDirectory(jail.resolve("work"));
    Files.setAttribute(work, "unix:uid", UID);
    try (NameServer server = new NameServer()) {
      String reverse = "7.2.0.192.in-addr.arpa";
      server.knows(reverse + " PTR", reverse + " PTR client.example.org.");
      server.knows("client.example.org A", "client.example.org A 192.0.2.7");
      String nameserver = "test: nameserver 127.0.0.1:" + server.address().getPort();
      try (Child child =
          Child.startInGroups(classPath, "-t", table("captured", account(), nameserver))) {
        child.awaitLine("said: tried: all");
        child.awaitLine(" ready$");
        assertThat(child.events()).startsWith("starting", "confined", "listening");
        assertAttemptsFailed(child);
        assertHonestWorkSucceeded(child, work);
        assertKernelConfirms(child.process.pid(), jail.toString());
        assertNoFolderIsOpen(child.process.pid());
        child.terminate();
        assertThat(child.exitCode()).isZero();
      }
    }
  }

  private static void assertAttemptsFailed(Child child) {
    for (String attempt :
        List.of(
            "passwd",
            "proc",
            "dotdot",
            "setuid",
            "setgid",
            "setgroups",
            "chroot",
            "program",
            "bind",
            "write-root")) {
      assertThat(child.awaitLine("said: " + attempt + ": (.*)")).as(attempt).startsWith("refused ");
    }
    assertThat(child.awaitLine("said: (list: .*)")).isEqualTo("list: [work]");
    assertThat(child.awaitLine("said: setuid: (.*)")).contains("Operation not permitted");
    assertThat(child.awaitLine("said: passwd: (.*)")).contains("NoSuchFileException");
  }

  private static void assertHonestWorkSucceeded(Child child, Path work) throws IOException {
    assertThat(child.lines())
        .contains(
            "said: root /",
            "said: write: /work/file",
            "said: name: client.example.org",
            "said: cipher: AES/GCM/NoPadding",
            "said: date: Fri, 2 Jan 2026 03:04:05 -0500",
            "said: zone: America/New_York",
            "said: class: LateClass6");
    assertThat(child.awaitLine("said: tls: (\\d+)")).isNotEqualTo("0");
    Path file = work.resolve("file");
    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(UID);
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(GID);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    int port = Integer.parseInt(child.awaitLine("listening port=(\\d+)"));
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("hello\n");
    }
  }

  private static void assertKernelConfirms(long pid, String root) throws IOException {
    Path process = Path.of("/proc", "" + pid);
    Set<String> found = new TreeSet<>();
    int threads = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process.resolve("task"))) {
      for (Path task : tasks) {
        threads++;
        for (String line : Files.readAllLines(task.resolve("status"))) {
          if (line.matches("(Uid|Gid|Groups|CapEff|CapPrm):.*")) {
            found.add(line.strip().replaceAll("\\s+", " "));
          }
        }
        assertThat(Files.readSymbolicLink(task.resolve("root"))).hasToString(root);
      }
    }
    assertThat(threads).isGreaterThan(5);
    assertThat(found)
        .containsExactly(
            "CapEff: 0000000000000000",
            "CapPrm: 0000000000000000",
            "Gid: %1$d %1$d %1$d %1$d".formatted(GID),
            "Groups:",
            "Uid: %1$d %1$d %1$d %1$d".formatted(UID));
  }

  private static void assertNoFolderIsOpen(long pid) throws IOException {
    Path descriptors = Path.of("/proc", "" + pid, "fd");
    try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
      for (Path descriptor : open) {
        assertThat(Files.isDirectory(descriptor))
            .as("%s -> %s", descriptor, Files.readSymbolicLink(descriptor))
            .isFalse();
      }
    }
  }

  @Test
  void serviceManagerFindsItConfinedAfterInit() throws Exception {
    Root.needed();
    try (Child child = Child.start(classPath, "as-jsvc", "-t", table("plain", account()))) {
      assertThat(child.exitCode()).isZero();
      assertThat(child.lines()).containsSubsequence("said: root /", "said: initialised as " + UID);
    }
  }

  @Test
  void accountOnlySaysSoFirstAndMayStartPrograms() throws Exception {
    Root.needed();
    try (Child child = Child.start(classPath, "-t", table("account-only", account()))) {
      child.awaitLine(" ready$");
      assertKernelConfirms(child.process.pid(), "/");
      assertThat(child.events()).startsWith("unconfined", "starting", "confined");
      assertThat(child.lines()).contains("said: root " + jail, "said: start: 0");
    }
  }

  @Test
  void rootWithoutUseridNeverServes() throws Exception {
    Root.needed();
    try (Child child = Child.start(classPath, "-t", table("plain"))) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.CONFIG.number());
      assertThat(child.events()).containsExactly("not-started");
      assertThat(child.awaitLine(" not-started (.*)$"))
          .isEqualTo(
              "exit=78 reason=\"started as root, and the table has no userid for"
                  + " test: root never serves\"");
    }
  }

  @Test
  void folderOpenOutsideTheJailIsRefused() throws Exception {
    Root.needed();
    try (Child child = Child.start(classPath, "-t", table("leak", account()))) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.NO_PERMISSION.number());
      assertThat(child.awaitLine(" not-started (.*)$"))
          .matches("exit=77 reason=\"confinement does not hold: descriptor \\d+ is open on /etc\"");
      assertThat(child.events()).doesNotContain("ready");
    }
  }

  @Test
  void missingDirectoryIsRefused() throws Exception {
    Root.needed();
    String table = table("plain", account());
    Files.delete(jail);
    try (Child child = Child.start(classPath, "-t", table)) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.CANNOT_CREATE.number());
      assertThat(child.awaitLine(" not-started (.*)$"))
          .isEqualTo("exit=73 reason=\"directory " + jail + ": there is no such folder\"");
    }
  }

  @Test
  void directoryThatEverybodyMayWriteIsRefused() throws Exception {
    Root.needed();
    Files.setAttribute(jail, "unix:mode", 0777);
    assertRefused(
        Child.start(classPath, "-t", table("plain", account())),
        77,
        "directory %s: mode 0777, every account may write there; expected none to but its owner");
  }

  @Test
  void directoryThatTheAccountMayNotEnterIsRefused() throws Exception {
    Root.needed();
    Files.setAttribute(jail, "unix:mode", 0700);
    assertRefused(
        Child.start(classPath, "-t", table("plain", account())),
        77,
        "directory %s: the account 61001 (61001:61002) may not enter it, or a folder above it");
  }

  @Test
  void eachMissingCapabilityIsNamed() throws Exception {
    Root.needed();
    for (String name : List.of("SETGID", "SETUID", "SYS_CHROOT")) {
      String without = "--bounding-set=-" + name.toLowerCase(Locale.ROOT);
      assertRefused(
          Child.start(List.of("setpriv", without), classPath, "-t", table("plain", account())),
          77,
          "root lacks CAP_%s here; a unit's CapabilityBoundingSet= or a container must leave it"
              .formatted(name));
    }
    assertRefused(
        Child.start(
            List.of("setpriv", "--bounding-set=-all"), classPath, "-t", table("plain", account())),
        77,
        "root lacks CAP_SETGID, CAP_SETUID, CAP_SYS_CHROOT here;"
            + " a unit's CapabilityBoundingSet= or a container must leave it");
  }

  @Test
  void hostWithoutProcIsRefused() throws Exception {
    Root.needed();
    String lib = Path.of(System.getProperty("java.home"), "lib").toString();
    // Java's own launcher finds its library by /proc, too.
    List<String> wrapper =
        List.of(
            "unshare",
            "--mount",
            "--propagation=private",
            "sh",
            "-c",
            "umount -l /proc && export LD_LIBRARY_PATH=" + lib + " && exec \"$@\"",
            "sh");
    assertRefused(
        Child.start(wrapper, classPath, "-t", table("plain", account())),
        71,
        "confinement: there is no /proc/self; expected /proc to be mounted");
  }

  /** The one line, in which {@code %s} is the jail; and nothing was served. */
  private void assertRefused(Child started, int code, String reason) throws Exception {
    try (Child child = started) {
      assertThat(child.exitCode()).as(child.lines().toString()).isEqualTo(code);
      assertThat(child.awaitLine(" not-started (.*)$"))
          .isEqualTo("exit=" + code + " reason=\"" + reason.formatted(jail) + "\"");
      assertThat(child.events()).containsOnlyOnce("not-started").doesNotContain("ready");
    }
  }

  @Test
  void commandBecomesTheAccountForGood() throws Exception {
    Root.needed();
    Files.setAttribute(jail, "unix:uid", UID);
    Path file = jail.resolve("file");
    try (Child child =
        Child.startInGroups(classPath, "as-command", table(file.toString(), account()))) {
      child.awaitLine("said: wrote ");
      assertKernelConfirms(child.process.pid(), "/");
      assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(UID);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void commandIsRefusedToAForeignAccount() throws Exception {
    Root.needed();
    String table = readable(table("never", account()));
    try (Child child = Child.startUnprivileged(classPath, "as-command", table)) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.NO_PERMISSION.number());
      assertThat(child.lines())
          .containsExactly(
              "said: exit 77: the table asks for userid 61001 (61001:61002), but this process is"
                  + " 65534:65534; expected that or root");
    }
  }

  @Test
  void commandWithoutAnAccountIsForTheOwnerOfTheFolder() throws Exception {
    Root.needed();
    Path file = jail.resolve("file");
    String table = readable(table(file.toString()));
    try (Child child = Child.startUnprivileged(classPath, "as-command", table)) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.NO_PERMISSION.number());
      assertThat(child.lines())
          .containsExactly(
              "said: exit 77: directory "
                  + jail
                  + " belongs to account 0, but this process is 65534");
    }
    Files.setAttribute(jail, "unix:uid", 65534);
    try (Child child = Child.startUnprivileged(classPath, "as-command", table)) {
      child.awaitLine("said: wrote ");
    }
  }

  @Test
  void commandIsRefusedToRootWhereTheTableNamesNoAccount() throws Exception {
    Root.needed();
    try (Child child = Child.start(classPath, "as-command", table("never"))) {
      assertThat(child.exitCode()).isEqualTo(ExitCode.CONFIG.number());
      assertThat(child.lines())
          .containsExactly("said: exit 78: started as root, and the table has no userid for test");
    }
  }

  private static String readable(String table) throws IOException {
    Files.setPosixFilePermissions(Path.of(table), PosixFilePermissions.fromString("rw-r--r--"));
    return table;
  }

  @Test
  void threadThatIsNotAsExpectedIsFound() throws IOException {
    Object root = ProcessView.identity(Path.of("/"));
    Object here = ProcessView.identity(Path.of(""));
    int uid = Kernel.effectiveUserId();
    int gid = Kernel.effectiveGroupId();
    try (ProcessView view = ProcessView.open()) {
      assertThatThrownBy(
              () -> view.checkThreads(new ProcessView.Expected(uid + 1, gid, root, here)))
          .isInstanceOf(IOException.class)
          .hasMessageMatching(
              "thread \\d+ \\(.*\\): Uid is '(%d ?){4}', expected '(%d ?){4}'"
                  .formatted(uid, uid + 1));
      assertThatThrownBy(
              () -> view.checkThreads(new ProcessView.Expected(uid, gid + 1, root, here)))
          .hasMessageContaining("Gid is ");
    }
  }

  @Test
  void rootFolderThatIsNotAsExpectedIsFound() throws IOException {
    ProcessView.Expected expected =
        new ProcessView.Expected(
            Kernel.effectiveUserId(),
            Kernel.effectiveGroupId(),
            ProcessView.identity(jail),
            ProcessView.identity(Path.of("")));
    try (ProcessView view = ProcessView.open()) {
      assertThatThrownBy(() -> view.checkThreads(expected))
          .isInstanceOf(IOException.class)
          .hasMessageEndingWith("): its root or working folder is another one");
    }
  }
}
