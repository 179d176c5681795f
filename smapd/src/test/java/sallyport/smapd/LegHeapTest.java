package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.spool.QueuedMessage;

class LegHeapTest {

  @TempDir Path directory;
  private TestQueue queue;
  private QueuedMessage message;
  private final Routes routes = SmapdConfigs.read("smapd: relay-out hub\n").routing();
  private final LegHeap heap = new LegHeap();

  @BeforeEach
  void open() throws IOException {
    queue = new TestQueue(directory);
    message = queue.message("a@out.test");
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
  }

  private Held.Leg leg(long due) {
    return new Held(message, routes, due).legs().getFirst();
  }

  @Test
  void theEarliestIsFirstWhateverIsAddedAndTakenOut() {
    Random random = new Random(3);
    List<Held.Leg> model = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (model.isEmpty() || random.nextInt(100) < (i < 10_000 ? 60 : 40)) {
        Held.Leg leg = leg(random.nextInt(1_000));
        model.add(leg);
        heap.add(leg);
      } else {
        heap.remove(model.remove(random.nextInt(model.size())));
      }
      assertThat(heap.size()).isEqualTo(model.size());
      Held.Leg first = heap.first();
      long least = model.stream().mapToLong(Held.Leg::due).min().orElse(-1);
      assertThat(first == null ? -1 : first.due()).isEqualTo(least);
    }
  }

  @Test
  void timesAreComparedAcrossTheOverflow() {
    Held.Leg before = leg(Long.MAX_VALUE - 1);
    Held.Leg after = leg(Long.MIN_VALUE + 1);
    heap.add(after);
    heap.add(before);
    assertThat(heap.first()).isSameAs(before);
  }

  @Test
  void allAreShown() {
    List<Held.Leg> legs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      legs.add(leg(i * 31 % 100));
    }
    legs.forEach(heap::add);
    List<Held.Leg> shown = new ArrayList<>();
    heap.forEach(shown::add);
    shown.sort(Comparator.comparingLong(Held.Leg::due));
    assertThat(shown).hasSize(100).containsAll(legs);
  }

  @Test
  void aLegIsInOneHeapOnce() {
    Held.Leg leg = leg(1);
    heap.add(leg);
    assertThatThrownBy(() -> new LegHeap().add(leg)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new LegHeap().remove(leg)).isInstanceOf(IllegalStateException.class);
  }
}
