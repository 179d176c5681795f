package sallyport.authdb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own: as root, as authsrv's account, and as another one. */
class AccountTest {
  private static final int AUTHDB = 61011;
  private static final int STRANGER = 61012;
  private static final List<String> NOT_NEEDED =
      List.of("junit", "assertj", "awaitility", "byte-buddy", "surefire", "opentest4j");

  @TempDir private static Path folder;
  private static String classPath;
  private Path directory;
  private Path table;

  private record Ended(int code, String out, String err) {}

  @BeforeAll
  static void packClasses() throws IOException {
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    if ("true".equals(System.getenv("CI"))) {
      assertThat(root).as("this test needs root; run ./check as root").isTrue();
    }
    assumeTrue(root, "this test needs root");
    allow(folder, "rwxr-xr-x");
    classPath = readableClassPath();
  }

  @BeforeEach
  void makeDirectory() throws IOException {
    Path parent = Files.createTempDirectory(folder, "site").toRealPath();
    allow(parent, "rwxr-xr-x");
    directory = Files.createDirectory(parent.resolve("auth"));
    allow(directory, "rwx------");
    Files.setAttribute(directory, "unix:uid", AUTHDB);
    Files.setAttribute(directory, "unix:gid", AUTHDB);
    table =
        Files.writeString(
            parent.resolve("table"),
            "*: hostname gate.example.com\nauthsrv: directory " + directory + "\n");
    allow(table, "rw-r--r--");
  }

  private void namesAccount() throws IOException {
    Files.writeString(
        table,
        Files.readString(table)
            + "authsrv: userid %d\nauthsrv: groupid %d\n".formatted(AUTHDB, AUTHDB));
  }

  @Test
  void rootBecomesTheAccountAndLeavesNothingOfItsOwn() throws Exception {
    namesAccount();
    Ended added = run(List.of(), "adduser", "john", "--generate");
    assertThat(added.code()).as(added.err()).isZero();
    assertThat(added.out()).matches("[0-9a-f]{32}\n");
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        assertThat(Files.getAttribute(file, "unix:uid")).as("%s", file).isEqualTo(AUTHDB);
        assertThat(Files.getAttribute(file, "unix:gid")).as("%s", file).isEqualTo(AUTHDB);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as("%s", file)
            .endsWith("------");
      }
    }
    assertThat(run(as(AUTHDB), "list").out()).startsWith("john\t");
    assertThat(run(as(AUTHDB), "list").err()).isEmpty();
  }

  @Test
  void rootWritesFilesAsTheAccountOnly() throws Exception {
    namesAccount();
    run(List.of(), "adduser", "john", "--generate");
    Path file = directory.resolveSibling("dump");
    Ended dumped = run(List.of(), "dump", file.toString());
    assertThat(dumped.code()).isEqualTo(73);
    assertThat(dumped.err())
        .isEqualTo(
            "authdb: "
                + file
                + ": authsrv's account may not write there; 'authdb dump > FILE' can\n");
    Path secret = Files.writeString(directory.resolveSibling("root-only"), "{}");
    allow(secret, "rw-------");
    Ended loaded = run(List.of(), "load", secret.toString());
    assertThat(loaded.code()).isEqualTo(66);
    assertThat(loaded.err())
        .isEqualTo(
            "authdb: "
                + secret
                + ": authsrv's account may not read it; 'authdb load - < FILE' can\n");
  }

  @Test
  void anotherAccountIsRefusedInOneLine() throws Exception {
    namesAccount();
    Ended refused = run(as(STRANGER), "list");
    assertThat(refused.code()).isEqualTo(77);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err())
        .isEqualTo(
            "authdb: the table asks for userid 61011 (61011:61011), but this process is"
                + " 61012:61012; expected that or root\n");
  }

  @Test
  void withoutAnAccountInTheTableTheOwnerOfTheFolderIsMeant() throws Exception {
    Ended root = run(List.of(), "adduser", "john", "--generate");
    assertThat(root.code()).isEqualTo(78);
    assertThat(root.err())
        .isEqualTo("authdb: started as root, and the table has no userid for authsrv\n");
    Ended stranger = run(as(STRANGER), "adduser", "john", "--generate");
    assertThat(stranger.code()).isEqualTo(77);
    assertThat(stranger.err())
        .isEqualTo(
            "authdb: directory "
                + directory
                + " belongs to account 61011, but this process is"
                + " 61012\n");
    assertThat(run(as(AUTHDB), "adduser", "john", "--generate").code()).isZero();
  }

  private static List<String> as(int uid) {
    return List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups");
  }

  private Ended run(List<String> wrapper, String... args) throws Exception {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", classPath, Main.class.getName(), "-t", table.toString()));
    command.addAll(List.of(args));
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.redirectInput(new File("/dev/null"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** As jars that every account can read: the build may lie in root's home. */
  private static String readableClassPath() throws IOException {
    List<String> jars = new ArrayList<>();
    String here = System.getProperty("java.class.path");
    for (String entry :
        System.getProperty("surefire.test.class.path", here).split(File.pathSeparator)) {
      Path path = Path.of(entry);
      Path jar = folder.resolve(jars.size() + ".jar");
      if (Files.isDirectory(path)) {
        pack(path, jar);
      } else if (Files.exists(path) && NOT_NEEDED.stream().noneMatch(entry::contains)) {
        Files.copy(path, jar);
      } else {
        continue;
      }
      allow(jar, "rw-r--r--");
      jars.add(jar.toString());
    }
    return String.join(File.pathSeparator, jars);
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      files.filter(Files::isRegularFile).forEach(file -> add(out, classes, file));
    }
  }

  private static void add(JarOutputStream out, Path classes, Path file) {
    try {
      out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
      Files.copy(file, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void allow(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
