package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MeanwhileTest {

  @Test
  void theStartGoesOnWhileTheWorkIsDoneAndWaitsForItsEnd() throws StartupException {
    CountDownLatch goneOn = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    Meanwhile work =
        Meanwhile.start(
            "work",
            () -> {
              awaitUninterrupted(goneOn);
              done.set(true);
            });
    goneOn.countDown();
    work.await();
    assertThat(done).isTrue();
  }

  @Test
  void whatKeepsTheWorkFromItsEndKeepsTheStartFromGoingOn() {
    StartupException trouble = new StartupException(ExitCode.SOFTWARE, "no TLS here");
    Meanwhile work =
        Meanwhile.start(
            "work",
            () -> {
              throw trouble;
            });
    assertThatThrownBy(work::await).isSameAs(trouble);
  }

  @Test
  void aFaultIsNoMereTrouble() {
    Meanwhile work =
        Meanwhile.start(
            "work",
            () -> {
              throw new AssertionError("a fault");
            });
    assertThatThrownBy(work::await)
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("a fault");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
