package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sallyport.netperm.HostAndPort;
import sallyport.smapd.Dispatch.HubChange;
import sallyport.smapd.Dispatch.State;
import sallyport.smapd.Dispatch.Work;
import sallyport.spool.QueuedMessage;

/** Who does what next, by a clock that stands still unless told to go on. */
@Timeout(60)
class DispatchTest {

  private static final Destination.Hubs INSIDE = Destination.Hubs.of(new HostAndPort("in", 25));
  private static final Destination.Hubs OUTSIDE = Destination.Hubs.of(new HostAndPort("out", 25));
  private static final Routes ROUTES = routes();
  private static final int WORKERS = 8;

  @TempDir static Path directory;
  private static TestQueue queue;

  private long now = -5;
  private Dispatch dispatch = dispatch(WORKERS, INSIDE);

  private static Routes routes() {
    return SmapdConfigs.read(
            """
            smapd: local-domains in.test
            smapd: relay in:25 tls=off
            smapd: relay-out out:25 tls=off
            """)
        .routing();
  }

  @BeforeAll
  static void open() throws IOException {
    queue = new TestQueue(directory);
  }

  @AfterAll
  static void close() throws IOException {
    queue.close();
  }

  private Dispatch dispatch(int workers, Destination... destinations) {
    return new Dispatch(
        List.of(destinations),
        workers,
        new BackOff(Duration.ofSeconds(300), Duration.ofSeconds(4_000)),
        () -> now,
        () -> 0.0);
  }

  private static Dispatch dispatchInRealTime() {
    return new Dispatch(
        List.of(INSIDE),
        2,
        new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(1)),
        System::nanoTime,
        () -> 0.0);
  }

  private void pass(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
  }

  private Held held(String... to) {
    return new Held(queue.message(to), ROUTES, now++);
  }

  private List<Held> add(int count, String to) {
    List<Held> added = new ArrayList<>();
    for (QueuedMessage message : queue.messages(count, to)) {
      Held held = new Held(message, ROUTES, now++);
      dispatch.add(held);
      added.add(held);
    }
    return added;
  }

  private Optional<Work> next() {
    return dispatch.take(Duration.ZERO);
  }

  @Test
  void whatIsReadyInItsLaneABusyWorkerMayTakeAlong() {
    List<Held> added = add(4, "a@in.test");
    deliver(next().orElseThrow());
    Work first = next().orElseThrow();
    Work along = dispatch.takeBehind(first.lane()).orElseThrow();
    assertThat(along.held()).isSameAs(added.get(2));
    assertThat(dispatch.standing(along.held()).state()).isEqualTo(State.IN_WORK);
    assertThat(dispatch.takeBehind(first.lane()))
        .as("the hub was reached once, so two go on there at one time")
        .isEmpty();
  }

  @Test
  void nothingIsTakenAlongWhileSomethingElseIsReady() {
    dispatch = dispatch(WORKERS, INSIDE, OUTSIDE);
    add(3, "a@in.test");
    deliver(next().orElseThrow());
    Work first = next().orElseThrow();
    add(1, "a@out.test");
    assertThat(dispatch.takeBehind(first.lane())).isEmpty();
    Work other = next().orElseThrow();
    assertThat(other.lane()).isNotSameAs(first.lane());
    assertThat(dispatch.takeBehind(first.lane())).isPresent();
  }

  @Test
  void nothingIsTakenAlongAtTheEnd() {
    add(3, "a@in.test");
    deliver(next().orElseThrow());
    Work first = next().orElseThrow();
    dispatch.close();
    assertThat(dispatch.takeBehind(first.lane())).isEmpty();
  }

  private List<Work> takeAll() {
    List<Work> taken = new ArrayList<>();
    for (Optional<Work> work = next(); work.isPresent(); work = next()) {
      taken.add(work.get());
    }
    return taken;
  }

  private HubChange deliver(Work work) {
    HubChange change = dispatch.reached(work.lane());
    work.held().done(work.leg());
    dispatch.finished(work);
    return change;
  }

  private HubChange miss(Work work) {
    HubChange change = dispatch.missed(work.lane(), "refused", _ -> false);
    dispatch.giveBack(work);
    return change;
  }

  private void defer(Work work, long seconds) {
    dispatch.reached(work.lane());
    work.leg().tryAgain(++now + TimeUnit.SECONDS.toNanos(seconds));
    dispatch.giveBack(work);
  }

  /** Delivers until nothing is left, one after the other. */
  private List<Held> deliverAll() {
    List<Held> order = new ArrayList<>();
    for (Optional<Work> work = next(); work.isPresent(); work = next()) {
      order.add(work.get().held());
      deliver(work.get());
    }
    return order;
  }

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

  @Test
  void mailGoesOutInTheOrderInWhichItCame() {
    List<Held> added = add(20, "a@in.test");
    assertThat(deliverAll()).isEqualTo(added);
    assertThat(dispatch.held()).isZero();
  }

  @Test
  void aHubBeginsWithOneDeliveryAndGetsOneMoreForEachSuccessUpToItsShare() {
    add(60, "a@in.test");
    List<Integer> rounds = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      List<Work> taken = takeAll();
      rounds.add(taken.size());
      taken.forEach(this::deliver);
    }
    assertThat(rounds).containsExactly(1, 2, 4, 8, 8);
  }

  @Test
  void aHubThatIsDownIsProbedByOneMessageAtTheEndOfEachBackOff() {
    add(30, "a@in.test");
    List<Long> waits = new ArrayList<>();
    for (int probe = 0; probe < 7; probe++) {
      List<Work> taken = takeAll();
      assertThat(taken).hasSize(1);
      assertThat(miss(taken.getFirst())).isEqualTo(probe == 0 ? HubChange.DOWN : HubChange.NONE);
      Duration wait = dispatch.untilProbe(taken.getFirst().lane());
      waits.add(wait.toSeconds());
      now += wait.toNanos() - 1;
      assertThat(next()).isEmpty();
      now++;
    }
    assertThat(waits).containsExactly(300L, 600L, 1_200L, 2_400L, 4_000L, 4_000L, 4_000L);
  }

  @Test
  void aHubThatComesBackIsNotStormed() {
    add(40, "a@in.test");
    miss(next().orElseThrow());
    pass(300);
    List<Work> probe = takeAll();
    assertThat(probe).hasSize(1);
    assertThat(deliver(probe.getFirst())).isEqualTo(HubChange.UP);
    List<Work> second = takeAll();
    assertThat(second).hasSize(2);
    assertThat(deliver(second.get(0))).isEqualTo(HubChange.NONE);
    deliver(second.get(1));
    assertThat(takeAll()).hasSize(4);
  }

  @Test
  void mailThatComesForAHubThatIsDownDoesNotTryIt() {
    add(1, "a@in.test");
    miss(next().orElseThrow());
    add(10, "a@in.test");
    pass(299);
    assertThat(next()).isEmpty();
  }

  @Test
  void aMessageThatProbedKeepsItsPlace() {
    List<Held> added = add(3, "a@in.test");
    miss(next().orElseThrow());
    pass(300);
    assertThat(deliverAll()).isEqualTo(added);
  }

  @Test
  void aHubThatRefusesOneOfSeveralConnectionsIsFullAndNotDown() {
    add(60, "a@in.test");
    takeAll().forEach(this::deliver);
    takeAll().forEach(this::deliver);
    List<Work> four = takeAll();
    assertThat(four).hasSize(4);
    assertThat(miss(four.get(0))).isEqualTo(HubChange.NONE);
    assertThat(next()).isEmpty();
    deliver(four.get(1));
    assertThat(takeAll()).hasSize(1);
    deliver(four.get(2));
    deliver(four.get(3));
    assertThat(takeAll()).hasSize(2);
  }

  @Test
  void aHubThatDiesUnderSeveralDeliveriesIsDownWhenTheLastHasMissed() {
    add(20, "a@in.test");
    takeAll().forEach(this::deliver);
    List<Work> two = takeAll();
    assertThat(miss(two.get(0))).isEqualTo(HubChange.NONE);
    assertThat(miss(two.get(1))).isEqualTo(HubChange.DOWN);
    assertThat(next()).isEmpty();
  }

  @Test
  void neitherFreshNorDeferredMailStarvesTheOther() {
    List<Held> old = add(4, "a@in.test");
    for (int i = 0; i < 4; i++) {
      defer(next().orElseThrow(), 300);
    }
    List<Held> fresh = add(4, "a@in.test");
    pass(301);
    assertThat(deliverAll())
        .containsExactly(
            old.get(0),
            fresh.get(0),
            old.get(1),
            fresh.get(1),
            old.get(2),
            fresh.get(2),
            old.get(3),
            fresh.get(3));
  }

  @Test
  void deferredMailGetsItsTurnHoweverMuchFreshMailComes() {
    Held old = add(1, "a@in.test").getFirst();
    defer(next().orElseThrow(), 300);
    pass(300);
    for (int i = 0; i < 2; i++) {
      add(5, "a@in.test");
      Work work = next().orElseThrow();
      if (work.held() == old) {
        return;
      }
      deliver(work);
    }
    throw new AssertionError("not taken while fresh mail came");
  }

  @Test
  void aDeferredMessageIsNotTriedBeforeItsTime() {
    add(1, "a@in.test");
    defer(next().orElseThrow(), 300);
    pass(299);
    assertThat(next()).isEmpty();
    pass(1);
    assertThat(next()).isPresent();
  }

  @Test
  void hubsTakeTurnsAndOneThatHangsLeavesWorkersToTheOthers() {
    dispatch = dispatch(4, INSIDE, OUTSIDE);
    add(30, "a@in.test");
    add(30, "b@out.test");
    for (int round = 0; round < 3; round++) {
      takeAll().forEach(this::deliver);
    }
    List<Work> taken = takeAll();
    List<Destination> order =
        taken.stream().map(work -> work.lane().destination().orElseThrow()).toList();
    assertThat(order).hasSize(6).startsWith(INSIDE, OUTSIDE, INSIDE, OUTSIDE);
  }

  @Test
  void aMessageForTwoHubsIsInOneHandAtATime() {
    dispatch = dispatch(4, INSIDE, OUTSIDE);
    Held both = held("a@in.test", "b@out.test");
    dispatch.add(both);
    Work first = next().orElseThrow();
    assertThat(next()).isEmpty();
    dispatch.reached(first.lane());
    both.done(first.leg());
    dispatch.giveBack(first);
    Work second = next().orElseThrow();
    assertThat(second.lane()).isNotSameAs(first.lane());
    assertThat(second.held()).isSameAs(both);
    deliver(second);
    assertThat(dispatch.held()).isZero();
  }

  @Test
  void aHubThatIsDownDoesNotKeepAMessageFromTheOther() {
    dispatch = dispatch(4, INSIDE, OUTSIDE);
    Held both = held("a@in.test", "b@out.test");
    dispatch.add(both);
    Work first = next().orElseThrow();
    miss(first);
    Work second = next().orElseThrow();
    assertThat(second.lane()).isNotSameAs(first.lane());
  }

  @Test
  void whatIsOverdueIsWorkedOnAfterAFailedProbeWithoutTheHub() {
    List<Held> added = add(5, "a@in.test");
    Work probe = next().orElseThrow();
    Set<Held> overdue = Set.of(added.get(2), added.get(4));
    dispatch.missed(probe.lane(), "refused", overdue::contains);
    dispatch.giveBack(probe);
    List<Work> local = takeAll();
    assertThat(local.stream().map(Work::held)).containsExactlyInAnyOrderElementsOf(overdue);
    assertThat(local).allMatch(work -> work.leg().way().isEmpty());
    local.get(0).held().localDone();
    dispatch.giveBack(local.get(0));
    dispatch.finished(local.get(1));
    assertThat(next()).isEmpty();
    pass(300);
    assertThat(deliverAll()).hasSize(4);
  }

  @Test
  void aMessageThatNeedsNoHubIsWorkedOnWhileAllHubsAreDown() {
    add(1, "a@in.test");
    miss(next().orElseThrow());
    dispatch.add(held("nobody"));
    assertThat(next().orElseThrow().leg().way()).isEmpty();
  }

  @Test
  void aClaimedMessageIsOutOfReachUntilItIsPutBack() {
    List<Held> added = add(2, "a@in.test");
    Held claimed = dispatch.claim(added.getFirst().message().id()).orElseThrow();
    assertThat(claimed).isSameAs(added.getFirst());
    assertThat(dispatch.claim(claimed.message().id())).isEmpty();
    assertThat(dispatch.standing(claimed).state()).isEqualTo(State.CLAIMED);
    Work other = next().orElseThrow();
    assertThat(other.held()).isSameAs(added.get(1));
    assertThat(dispatch.claim(other.held().message().id())).isEmpty();
    deliver(other);
    assertThat(next()).isEmpty();
    dispatch.putBack(claimed);
    assertThat(deliverAll()).containsExactly(claimed);
  }

  @Test
  void aClaimedMessageThatEndedIsHeldNoMore() {
    Held held = add(1, "a@in.test").getFirst();
    dispatch.ended(dispatch.claim(held.message().id()).orElseThrow());
    assertThat(dispatch.held()).isZero();
    assertThat(dispatch.all()).isEmpty();
    assertThat(next()).isEmpty();
    assertThat(dispatch.claim(held.message().id())).isEmpty();
  }

  @Test
  void standingTellsWhatAMessageWaitsFor() {
    List<Held> added = add(3, "a@in.test");
    assertThat(dispatch.standing(added.get(1)).state()).isEqualTo(State.READY);
    Work work = next().orElseThrow();
    assertThat(dispatch.standing(work.held()).state()).isEqualTo(State.IN_WORK);
    defer(work, 500);
    assertThat(dispatch.standing(work.held()))
        .isEqualTo(new Dispatch.Standing(State.DEFERRED, Duration.ofSeconds(500), ""));
    miss(next().orElseThrow());
    assertThat(dispatch.standing(added.get(1)))
        .isEqualTo(
            new Dispatch.Standing(State.WAITING_FOR_HUB, Duration.ofSeconds(300), "refused"));
  }

  @Test
  void retryNowBringsForwardTheMessageAndTheProbe() {
    List<Held> added = add(2, "a@in.test");
    defer(next().orElseThrow(), 1_000);
    miss(next().orElseThrow());
    assertThat(next()).isEmpty();
    dispatch.retryNow(added.getFirst());
    Work probe = next().orElseThrow();
    assertThat(next()).isEmpty();
    deliver(probe);
    assertThat(deliverAll()).hasSize(1);
  }

  @Test
  void retryAllNowBringsForwardEveryMessage() {
    add(5, "a@in.test");
    for (int i = 0; i < 5; i++) {
      defer(next().orElseThrow(), 1_000);
    }
    assertThat(next()).isEmpty();
    dispatch.retryAllNow();
    assertThat(deliverAll()).hasSize(5);
  }

  @Test
  void aWorkerThatWaitsIsWokenByWhatComes() throws InterruptedException {
    dispatch = dispatchInRealTime();
    Deque<Work> got = new ArrayDeque<>();
    Thread worker =
        Thread.ofPlatform().start(() -> dispatch.take(Duration.ofSeconds(30)).ifPresent(got::add));
    dispatch.add(new Held(queue.message("a@in.test"), ROUTES, System.nanoTime()));
    assertThat(worker.join(Duration.ofSeconds(10))).isTrue();
    assertThat(got).hasSize(1);
  }

  @Test
  void aWorkerThatComesBackTakesWhatIsReadyAndOneThatRestsWaitsForIt() {
    add(3, "a@in.test");
    Work first = next().orElseThrow();
    Lane lane = first.lane();
    assertThat(lane.untilUrgent(now)).as("one at a time at first").isEqualTo(Long.MAX_VALUE);
    dispatch.reached(lane);
    assertThat(lane.untilUrgent(now)).isPositive().isLessThanOrEqualTo(Lane.PATIENCE.toNanos());
    assertThat(lane.serves(now)).isTrue();
    now += Lane.PATIENCE.toNanos();
    assertThat(lane.untilUrgent(now)).as("it has waited long enough").isNotPositive();
    deliver(first);
    assertThat(lane.untilUrgent(now)).as("nobody works here").isNotPositive();
  }

  @Test
  void aWorkerThatRestsTakesWhatHasWaitedWhileAnotherIsBusy() throws InterruptedException {
    dispatch = dispatchInRealTime();
    Deque<Work> got = new ConcurrentLinkedDeque<>();
    Runnable takeOne = () -> dispatch.take(Duration.ofSeconds(30)).ifPresent(got::add);
    List<Thread> workers =
        List.of(Thread.ofPlatform().start(takeOne), Thread.ofPlatform().start(takeOne));
    dispatch.add(new Held(queue.message("a@in.test"), ROUTES, System.nanoTime()));
    await().atMost(Duration.ofSeconds(10)).until(() -> got.size() == 1);
    dispatch.reached(got.getFirst().lane());
    dispatch.add(new Held(queue.message("a@in.test"), ROUTES, System.nanoTime()));
    for (Thread worker : workers) {
      assertThat(worker.join(Duration.ofSeconds(10))).isTrue();
    }
    assertThat(got).as("neither waited for the other, nor for 30 seconds").hasSize(2);
  }

  /** Whatever happens in whatever order, each message is in one hand, and none is forgotten. */
  @Test
  void nothingIsLostOrDoubledInLongRandomRuns() {
    List<QueuedMessage> messages = new ArrayList<>(queue.messages(60, "a@in.test"));
    messages.addAll(queue.messages(60, "b@out.test"));
    for (int i = 0; i < 60; i++) {
      messages.add(queue.message("a@in.test", "b@out.test"));
    }
    for (int seed = 0; seed < 200; seed++) {
      new RandomRun(seed, messages).run();
    }
  }

  private final class RandomRun {
    private final Random random;
    private final Deque<QueuedMessage> toCome;
    private final int all;
    private final List<Work> inWork = new ArrayList<>();
    private final List<Held> claimed = new ArrayList<>();
    private final Set<String> gone = new HashSet<>();

    RandomRun(int seed, List<QueuedMessage> messages) {
      random = new Random(seed);
      toCome = new ArrayDeque<>(messages);
      all = messages.size();
      dispatch = dispatch(1 + random.nextInt(10), INSIDE, OUTSIDE);
    }

    void run() {
      for (int step = 0; gone.size() < all; step++) {
        assertThat(step).as("steps").isLessThan(100_000);
        step(step > 3_000);
      }
      assertThat(dispatch.held()).isZero();
      assertThat(next()).isEmpty();
    }

    private void step(boolean toTheEnd) {
      now += random.nextLong(TimeUnit.SECONDS.toNanos(100));
      if (!toCome.isEmpty()) {
        dispatch.add(new Held(toCome.pop(), ROUTES, now));
      }
      next()
          .ifPresent(work -> {
            assertThat(inWork.stream().map(Work::held)).doesNotContain(work.held());
            assertThat(claimed).doesNotContain(work.held());
            inWork.add(work);
          });
      if (!inWork.isEmpty() && random.nextBoolean()) {
        end(inWork.remove(random.nextInt(inWork.size())), toTheEnd ? 0 : random.nextInt(6));
      }
      administer();
    }

    private void end(Work work, int how) {
      switch (how) {
        case 0, 1 -> {
          dispatch.reached(work.lane());
          work.held().done(work.leg());
          work.held().localDone();
          if (work.held().legs().isEmpty()) {
            assertThat(gone.add(work.held().id())).isTrue();
            dispatch.finished(work);
          } else {
            dispatch.giveBack(work);
          }
        }
        case 2, 3 -> defer(work, random.nextInt(600));
        default -> {
          dispatch.missed(work.lane(), "refused", _ -> random.nextInt(50) == 0);
          dispatch.giveBack(work);
        }
      }
    }

    private void administer() {
      switch (random.nextInt(20)) {
        case 0 -> {
          List<Held> held = dispatch.all();
          if (!held.isEmpty()) {
            Held some = held.get(random.nextInt(held.size()));
            dispatch.claim(some.message().id()).ifPresent(claimed::add);
          }
        }
        case 1, 2 -> {
          if (!claimed.isEmpty()) {
            dispatch.putBack(claimed.removeLast());
          }
        }
        case 3 -> dispatch.all().stream().findFirst().ifPresent(dispatch::retryNow);
        case 4 -> dispatch.retryAllNow();
        default -> {}
      }
    }
  }
}
