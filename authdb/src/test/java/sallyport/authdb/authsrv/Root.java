package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tests that need root: they fail under CI=true without it, and are left out elsewhere. */
final class Root {
  private Root() {}

  static void needed() throws IOException {
    boolean here = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    if ("true".equals(System.getenv("CI"))) {
      assertThat(here).as("this test needs root; run ./check as root").isTrue();
    }
    assumeTrue(here, "this test needs root");
  }
}
