package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DispatchTest {

  @Test
  void eachHubLeavesWorkersToTheOthers() {
    assertThat(
            List.of(
                Dispatch.workersFor(6, 1),
                Dispatch.workersFor(6, 2),
                Dispatch.workersFor(6, 3),
                Dispatch.workersFor(6, 20),
                Dispatch.workersFor(1, 1),
                Dispatch.workersFor(1, 5)))
        .containsExactly(6, 5, 4, 3, 1, 1);
  }
}
