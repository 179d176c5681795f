package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import sallyport.daemon.Account;

/** Tests that need root: they fail under CI=true without it, and are left out elsewhere. */
final class Root {
  private Root() {}

  static void needed() {
    boolean isHere = Account.runningUserId() == 0;
    if ("true".equals(System.getenv("CI"))) {
      assertThat(isHere).as("this test needs root; run ./check as root").isTrue();
    }
    assumeTrue(isHere, "this test needs root");
  }
}
