package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sallyport.spool.QueueId;

class BurstTest {

  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

  private final Burst burst = new Burst();
  private Duration passed = Duration.ZERO;
  private int number;

  private long now() {
    return Long.MAX_VALUE - 7 + passed.toNanos();
  }

  private void setAside(int messages) {
    for (int i = 0; i < messages; i++) {
      QueueId id = QueueId.parse("0123456789abcdef-" + Integer.toHexString(++number));
      burst.add(new SetAsideNotice.Entry(id, "a@b", "bad"), now(), START.plus(passed));
    }
  }

  /**
   * Goes on by seconds, and notes after how many seconds a notice of how many messages went out.
   */
  private List<String> told(int seconds) {
    List<String> told = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      passed = passed.plusSeconds(1);
      burst
          .due(now())
          .ifPresent(notice -> {
            told.add(passed.toSeconds() + ": " + notice.count());
            burst.told(now());
          });
    }
    return told;
  }

  @Test
  void nothingIsToldWhereNothingHappens() {
    assertThat(told(10_000)).isEmpty();
    assertThat(burst.all()).isEmpty();
  }

  @Test
  void theFirstIsToldAfterAMinuteWithWhatCameMeanwhile() {
    setAside(3);
    told(30);
    setAside(4);
    assertThat(told(4_000)).containsExactly("60: 7");
  }

  @Test
  void aFloodIsToldOnceAnHour() {
    List<String> told = new ArrayList<>();
    for (int minute = 0; minute < 150; minute++) {
      setAside(1_000);
      told.addAll(told(60));
    }
    assertThat(told).containsExactly("60: 1000", "3660: 60000", "7260: 60000");
  }

  @Test
  void afterQuietItIsToldAfterAMinuteAgain() {
    setAside(1);
    assertThat(told(7_200)).hasSize(1);
    setAside(2);
    assertThat(told(7_200)).containsExactly("7260: 2");
  }

  @Test
  void aNoticeNamesTheFirstAndCountsAll() {
    setAside(SetAsideNotice.ENTRIES + 5);
    SetAsideNotice notice = burst.all().orElseThrow();
    assertThat(notice.entries()).hasSize(SetAsideNotice.ENTRIES);
    assertThat(notice.entries().getFirst().id().text()).isEqualTo("0123456789abcdef-1");
    assertThat(notice.count()).isEqualTo(SetAsideNotice.ENTRIES + 5);
    assertThat(notice.since()).isEqualTo(START);
  }

  @Test
  void whatCouldNotBeToldIsToldAMinuteLater() {
    setAside(1);
    passed = Duration.ofSeconds(60);
    assertThat(burst.due(now())).isPresent();
    burst.notTold(now());
    assertThat(told(100)).containsExactly("120: 1");
  }
}
