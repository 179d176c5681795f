package sallyport.system;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a test needs of the machine. What is missing is said in one line; under {@code CI=true} it
 * fails the test, elsewhere it leaves the test out.
 */
final class Needs {
  private static final List<String> BEYOND_PATH = List.of("/usr/sbin", "/sbin");

  private Needs() {}

  /** Whether the tests run as root. */
  static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  /** Accounts of their own, chroot, mounts and Postfix need root. */
  static void root() throws IOException {
    if (!isRoot()) {
      missing("needs root");
    }
  }

  /** Programs of the machine; {@code ./check --install} gets them. */
  static void programs(String... names) {
    for (String name : names) {
      if (find(name).isEmpty()) {
        missing("needs the program '" + name + "'; ./check --install gets it");
      }
    }
  }

  /** Where a program is, also in the folders that are root's own. */
  static Optional<String> find(String name) {
    Stream<String> folders =
        Stream.concat(Arrays.stream(System.getenv("PATH").split(":")), BEYOND_PATH.stream());
    return folders
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /** The same for a program that must be there by now. */
  static String program(String name) {
    programs(name);
    return find(name).orElseThrow();
  }

  private static void missing(String what) {
    if ("true".equals(System.getenv("CI"))) {
      fail("this test " + what);
    }
    abort("this test " + what);
  }
}
