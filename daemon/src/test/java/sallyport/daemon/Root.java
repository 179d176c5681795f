package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Tests that need root: they fail under CI=true without it, and are left out elsewhere. */
final class Root {
  private Root() {}

  static boolean isHere() {
    return Kernel.effectiveUserId() == 0;
  }

  static void needed() {
    if ("true".equals(System.getenv("CI"))) {
      assertThat(isHere()).as("this test needs root; run ./check as root").isTrue();
    }
    assumeTrue(isHere(), "this test needs root");
  }
}
