package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final Admission.Session IGNORES = () -> {};

  private static InetAddress host(String address) {
    return InetAddress.ofLiteral(address);
  }

  private static Admission.Token token(Admission.Verdict verdict) {
    assertThat(verdict).isInstanceOf(Admission.Admitted.class);
    return ((Admission.Admitted) verdict).token();
  }

  @Test
  void oneHostHasNoMoreThanItsShare() {
    Admission admission = new Admission(10, 2);
    Admission.Token first = token(admission.admit(host("192.0.2.1"), IGNORES));
    token(admission.admit(host("192.0.2.1"), IGNORES));
    assertThat(admission.admit(host("192.0.2.1"), IGNORES))
        .isInstanceOf(Admission.RefusedHost.class);
    token(admission.admit(host("192.0.2.2"), IGNORES));
    first.close();
    token(admission.admit(host("192.0.2.1"), IGNORES));
  }

  @Test
  void ipv6HostIsANetworkOf64Bits() {
    Admission admission = new Admission(10, 1);
    token(admission.admit(host("2001:db8:0:1::1"), IGNORES));
    assertThat(admission.admit(host("2001:db8:0:1:ffff::2"), IGNORES))
        .isInstanceOf(Admission.RefusedHost.class);
    token(admission.admit(host("2001:db8:0:2::1"), IGNORES));
  }

  @Test
  void mappedAddressIsTheIpv4Host() {
    Admission admission = new Admission(10, 1);
    token(admission.admit(host("192.0.2.1"), IGNORES));
    assertThat(admission.admit(host("::ffff:192.0.2.1"), IGNORES))
        .isInstanceOf(Admission.RefusedHost.class);
  }

  @Test
  void placeIsGivenBackOnceHoweverOftenItIsClosed() {
    Admission admission = new Admission(2, 2);
    Admission.Token first = token(admission.admit(host("192.0.2.1"), IGNORES));
    token(admission.admit(host("192.0.2.1"), IGNORES)).gotSomewhere();
    first.close();
    first.close();
    assertThat(admission.sessions()).isEqualTo(1);
    token(admission.admit(host("192.0.2.1"), IGNORES)).gotSomewhere();
    assertThat(admission.admit(host("192.0.2.1"), IGNORES))
        .isInstanceOf(Admission.RefusedHost.class);
    assertThat(admission.admit(host("192.0.2.2"), IGNORES))
        .isInstanceOf(Admission.RefusedTotal.class);
  }

  @Test
  void oldestThatGotNowhereMakesWay() {
    Admission admission = new Admission(3, 3);
    List<String> evicted = new ArrayList<>();
    Admission.Token busy = token(admission.admit(host("192.0.2.1"), () -> evicted.add("busy")));
    Admission.Token idle = token(admission.admit(host("192.0.2.1"), () -> evicted.add("idle")));
    token(admission.admit(host("192.0.2.1"), () -> evicted.add("young")));
    assertThat(busy.gotSomewhere()).isTrue();

    Admission.Token late = token(admission.admit(host("192.0.2.2"), () -> evicted.add("late")));

    assertThat(evicted).containsExactly("idle");
    assertThat(idle.gotSomewhere()).as("it was told to go").isFalse();
    assertThat(late.gotSomewhere()).isTrue();
    idle.close();
    assertThat(admission.sessions()).isEqualTo(3);
  }

  @Test
  void sessionUnderWayMakesWayOnlyWhenNoFreshOneIsLeft() {
    Admission admission = new Admission(3, 9);
    List<String> evicted = new ArrayList<>();
    Admission.Token early = token(admission.admit(host("192.0.2.1"), () -> evicted.add("early")));
    Admission.Token later = token(admission.admit(host("192.0.2.1"), () -> evicted.add("later")));
    token(admission.admit(host("192.0.2.1"), () -> evicted.add("fresh")));
    assertThat(later.underWay()).isTrue();
    assertThat(early.underWay()).isTrue();

    Admission.Token kept = token(admission.admit(host("192.0.2.2"), () -> evicted.add("kept")));
    assertThat(kept.gotSomewhere()).isTrue();
    assertThat(kept.underWay()).as("a session that is kept stays so").isTrue();
    assertThat(evicted).containsExactly("fresh");

    token(admission.admit(host("192.0.2.2"), IGNORES)).gotSomewhere();
    token(admission.admit(host("192.0.2.2"), IGNORES)).gotSomewhere();
    assertThat(evicted).as("longest under way first").containsExactly("fresh", "later", "early");
    assertThat(later.underWay()).as("it was told to go").isFalse();
    assertThat(admission.admit(host("192.0.2.2"), IGNORES))
        .isInstanceOf(Admission.RefusedTotal.class);
    later.close();
    early.close();
    assertThat(admission.sessions()).isEqualTo(3);
  }

  @Test
  void nobodyInTheMidstOfSomethingMakesWay() {
    Admission admission = new Admission(1, 2);
    Admission.Token busy = token(admission.admit(host("192.0.2.1"), IGNORES));
    busy.gotSomewhere();
    assertThat(admission.admit(host("192.0.2.2"), IGNORES))
        .isInstanceOf(Admission.RefusedTotal.class);
  }

  @Test
  void sessionsOnTheirWayOutAreBounded() {
    Admission admission = new Admission(5, 1000);
    AtomicInteger evicted = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      admission.admit(host("192.0.2.1"), evicted::incrementAndGet);
    }
    assertThat(evicted).hasValue(admission.leavingAtOnce());
    assertThat(admission.sessions()).isEqualTo(5);
  }

  @Test
  void evictedSessionCountsForItsHostUntilItIsGone() {
    Admission admission = new Admission(1, 1);
    Admission.Token first = token(admission.admit(host("192.0.2.1"), IGNORES));
    token(admission.admit(host("192.0.2.2"), IGNORES)).close();
    assertThat(admission.admit(host("192.0.2.1"), IGNORES))
        .isInstanceOf(Admission.RefusedHost.class);
    first.close();
    token(admission.admit(host("192.0.2.1"), IGNORES));
  }

  @Test
  void lastSessionToLeaveEndsTheWait() throws Exception {
    Admission admission = new Admission(1, 2);
    Admission.Token evicted = token(admission.admit(host("192.0.2.1"), IGNORES));
    Admission.Token kept = token(admission.admit(host("192.0.2.1"), IGNORES));
    Thread wait = Thread.ofVirtual().start(() -> admission.awaitNone(Duration.ofMinutes(5)));
    kept.close();
    assertThat(wait.join(Duration.ofMillis(50))).isFalse();
    evicted.close();
    assertThat(wait.join(Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void waitForTheLastSessionIsBounded() {
    Admission admission = new Admission(1, 1);
    token(admission.admit(host("192.0.2.1"), IGNORES));
    admission.awaitNone(Duration.ofMillis(1));
    assertThat(admission.sessions()).isEqualTo(1);
  }

  @Test
  void crowdedAboveFourFifths() {
    Admission admission = new Admission(10, 10);
    List<Admission.Token> tokens = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      tokens.add(token(admission.admit(host("192.0.2.1"), IGNORES)));
      assertThat(admission.crowded()).isFalse();
    }
    tokens.add(token(admission.admit(host("192.0.2.1"), IGNORES)));
    assertThat(admission.crowded()).isTrue();
    tokens.getFirst().close();
    assertThat(admission.crowded()).isFalse();
  }

  /** A session that, once evicted, gives its place back from its own thread, as real ones do. */
  private static final class Racing implements Admission.Session {
    private final AtomicInteger evictions;
    private volatile boolean evicted;

    Racing(AtomicInteger evictions) {
      this.evictions = evictions;
    }

    @Override
    public void evict() {
      evicted = true;
      evictions.incrementAndGet();
    }
  }

  @Test
  void manyThreadsLeaveNoPlaceTaken() throws Exception {
    int total = 200;
    Admission admission = new Admission(total, 50);
    AtomicInteger open = new AtomicInteger();
    AtomicInteger evictions = new AtomicInteger();
    AtomicInteger refusals = new AtomicInteger();
    int bound = total + admission.leavingAtOnce();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        Random random = new Random(i);
        all.add(
            threads.submit(() -> {
              Racing session = new Racing(evictions);
              InetAddress host = host("192.0.2." + random.nextInt(20));
              switch (admission.admit(host, session)) {
                case Admission.Admitted(Admission.Token token) -> {
                  assertThat(open.incrementAndGet()).isLessThanOrEqualTo(bound);
                  if (random.nextBoolean()) {
                    token.underWay();
                  }
                  if (random.nextBoolean()) {
                    boolean kept = token.gotSomewhere();
                    Thread.yield();
                    assertThat(kept && session.evicted).isFalse();
                  }
                  Thread.sleep(1);
                  open.decrementAndGet();
                  token.close();
                  token.close();
                }
                case Admission.RefusedHost refused -> refusals.incrementAndGet();
                case Admission.RefusedTotal refused -> refusals.incrementAndGet();
              }
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(admission.sessions()).isZero();
    assertThat(evictions.get() + refusals.get()).isPositive();
    for (int i = 0; i < 50; i++) {
      token(admission.admit(host("192.0.2.1"), IGNORES));
    }
  }
}
