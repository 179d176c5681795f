package sallyport.spool;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * A seeded run of both sides on simulated files. Everything that it does or is told goes into the
 * trace as a note, between the operations, so that a cut knows what had been promised by then.
 */
final class Script {
  static final SpoolFolders FOLDERS = new SpoolFolders(Path.of("/spool"));
  static final Collector.Limits LIMITS = new Collector.Limits(8 << 10, 1 << 20, 16, 10, 1 << 20);

  private static final int ACTIONS = 20;
  private static final int CHOICES = 15;
  private static final int TAKE_BACK = 11;
  private static final int REMOVE = 12;
  private static final int WARN = 13;
  private static final int DROP = 14;

  private final SimulatedFiles record;
  private final SpoolFiles files;
  private final long seed;
  private final Random random;
  private final List<QueuedMessage> held = new ArrayList<>();
  private final List<QueueId> aside = new ArrayList<>();
  private long sent;

  Script(SimulatedFiles record, SpoolFiles files, long seed) {
    this.record = record;
    this.files = files;
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** What a note may be. */
  sealed interface Event {
    QueueId id();

    record Sending(QueueId id, List<String> recipients, byte[] octets) implements Event {}

    record Answered(QueueId id) implements Event {}

    record Handing(QueueId id, String recipient) implements Event {}

    record Final(QueueId id, String recipient) implements Event {}

    record Deferring(QueueId id, int tries) implements Event {}

    record Deferred(QueueId id, int tries) implements Event {}

    record SettingAside(QueueId id) implements Event {}

    record SetAside(QueueId id) implements Event {}

    record TakingBack(QueueId id) implements Event {}

    record TakenBack(QueueId id) implements Event {}

    /** From the queue, or from what was set aside. */
    record Removing(QueueId id) implements Event {}

    record Removed(QueueId id) implements Event {}

    record Warned(QueueId id) implements Event {}
  }

  void run() throws Exception {
    try (Collector collector = Collector.prepare(files, FOLDERS, LIMITS, Script::fail)) {
      Queue queue = open();
      for (int i = 0; i < ACTIONS; i++) {
        int choice = random.nextInt(CHOICES);
        if (choice < 3 || i == 0) {
          commit(collector, 1 + random.nextInt(4));
        } else if (choice == TAKE_BACK && !aside.isEmpty()) {
          takeBack(queue, aside.remove(random.nextInt(aside.size())));
        } else if (choice == DROP && !aside.isEmpty()) {
          drop(queue, aside.remove(random.nextInt(aside.size())));
        } else if (choice < 5 || held.isEmpty()) {
          held.addAll(queue.takeOver(1 + random.nextInt(4)));
        } else if (choice < 8) {
          deliver(queue, pick());
        } else if (choice < 10) {
          setAside(queue, pick());
        } else if (choice == REMOVE) {
          remove(queue, pick());
        } else if (choice == WARN) {
          warn(queue, held.getFirst());
        } else {
          queue.close();
          held.clear();
          queue = open();
          held.addAll(queue.recovered());
        }
        queue.settle();
      }
      queue.close();
    }
  }

  /** One of three messages is final; another is deferred until it leaves their batch. */
  void leaveBatch() throws Exception {
    try (Collector collector = Collector.prepare(files, FOLDERS, LIMITS, Script::fail);
        Queue queue = open()) {
      commit(collector, 3);
      held.addAll(queue.takeOver(3));
      remove(queue, pick());
      QueuedMessage late = held.getFirst();
      queue.begin(late);
      warn(queue, late);
      for (int i = 0; i < 3; i++) {
        defer(queue, late);
      }
      queue.settle();
    }
  }

  /** Deliveries for which nobody waits, recorded three at a time. */
  void deliverTogether() throws Exception {
    QueueLimits limits = new QueueLimits(1000, 1 << 30, 1000, 3, Duration.ofHours(1));
    try (Collector collector = Collector.prepare(files, FOLDERS, LIMITS, Script::fail);
        Queue queue = open(limits)) {
      for (int i = 0; i < 3; i++) {
        commit(collector, 1 + random.nextInt(4));
      }
      held.addAll(queue.takeOver(12));
      Collections.shuffle(held, random);
      List<CompletableFuture<Void>> recorded = new ArrayList<>();
      for (QueuedMessage message : held) {
        queue.begin(message);
        Map<String, Outcome> outcomes = new HashMap<>();
        for (String recipient : message.pending()) {
          record.note(new Event.Handing(message.id(), recipient));
          outcomes.put(recipient, new Outcome.Delivered("250"));
        }
        recorded.add(
            queue
                .recording(message, outcomes)
                .thenRun(() ->
                    outcomes
                        .keySet()
                        .forEach(to -> record.note(new Event.Final(message.id(), to)))));
      }
      queue.settle();
      recorded.forEach(CompletableFuture::join);
    }
  }

  private Queue open() throws Exception {
    return open(QueueLimits.defaults());
  }

  private Queue open(QueueLimits limits) throws Exception {
    return Queue.open(files, FOLDERS, limits, alert -> fail(alert.toString()));
  }

  private QueuedMessage pick() {
    return held.remove(random.nextInt(held.size()));
  }

  private void commit(Collector collector, int count) throws Exception {
    List<Waiting> together = new ArrayList<>();
    List<Incoming> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      QueueId id = new QueueId(String.format("%016x-%x", seed, sent));
      Envelope envelope =
          random.nextBoolean()
              ? Mail.envelope(id, "a@x.org")
              : Mail.envelope(id, "a@x.org", "b@x.org", "c@x.org");
      byte[] octets = Mail.octets(sent++, random.nextInt(4) == 0 ? 40_000 : 300);
      record.note(new Event.Sending(envelope.id(), envelope.recipients(), octets));
      Incoming message = collector.begin();
      message.write(octets);
      messages.add(message);
      together.add(collector.ready(envelope, message));
    }
    collector.committer().commit(together);
    for (int i = 0; i < together.size(); i++) {
      CommitResult result = together.get(i).await();
      collector.settled(messages.get(i), result);
      if (!(result instanceof CommitResult.Committed)) {
        fail(result.toString());
      }
      record.note(new Event.Answered(together.get(i).id()));
    }
  }

  private void deliver(Queue queue, QueuedMessage message) throws Exception {
    QueueId id = message.envelope().id();
    queue.begin(message);
    Map<String, Outcome> outcomes = new HashMap<>();
    for (String recipient : message.pending()) {
      int choice = random.nextInt(4);
      if (choice == 0) {
        outcomes.put(recipient, new Outcome.Deferred("451 later"));
      } else {
        record.note(new Event.Handing(id, recipient));
        outcomes.put(
            recipient, choice == 1 ? new Outcome.Failed("550") : new Outcome.Delivered("250"));
      }
    }
    List<QueuedMessage> returned = giveBack(queue, message, outcomes);
    queue.record(message, outcomes);
    held.addAll(returned);
    outcomes.forEach((recipient, outcome) -> {
      if (!(outcome instanceof Outcome.Deferred)) {
        record.note(new Event.Final(id, recipient));
      }
    });
    if (!message.pending().isEmpty()) {
      defer(queue, message);
      held.add(message);
    }
  }

  private void defer(Queue queue, QueuedMessage message) throws Exception {
    int tries = message.tries() + 1;
    record.note(new Event.Deferring(message.id(), tries));
    queue.defer(message, Instant.ofEpochSecond(tries), tries, "451 later");
    record.note(new Event.Deferred(message.id(), tries));
  }

  /** A report for those that failed is in the queue before they are recorded. */
  private List<QueuedMessage> giveBack(
      Queue queue, QueuedMessage message, Map<String, Outcome> outcomes) throws Exception {
    List<String> all = message.envelope().recipients();
    for (int i = 0; i < all.size(); i++) {
      if (!message.id().isOwn() && outcomes.get(all.get(i)) instanceof Outcome.Failed) {
        Envelope report = Mail.envelope(QueueId.own(message.id(), 'b', i), "john@example.org");
        byte[] octets = Mail.octets(sent++, 500);
        record.note(new Event.Sending(report.id(), report.recipients(), octets));
        QueuedMessage added = queue.add(report, octets).orElseThrow();
        record.note(new Event.Answered(report.id()));
        return List.of(added);
      }
    }
    return List.of();
  }

  private void takeBack(Queue queue, QueueId id) throws Exception {
    record.note(new Event.TakingBack(id));
    held.add(queue.takeBack(id).orElseThrow());
    record.note(new Event.TakenBack(id));
  }

  private void drop(Queue queue, QueueId id) throws Exception {
    record.note(new Event.Removing(id));
    if (!queue.dropSetAside(BatchFormat.copyName(id))) {
      fail(id + " was not there");
    }
    record.note(new Event.Removed(id));
  }

  private void remove(Queue queue, QueuedMessage message) throws Exception {
    record.note(new Event.Removing(message.id()));
    queue.remove(message, "root");
    record.note(new Event.Removed(message.id()));
  }

  private void warn(Queue queue, QueuedMessage message) throws Exception {
    queue.warned(message);
    record.note(new Event.Warned(message.id()));
  }

  private void setAside(Queue queue, QueuedMessage message) throws Exception {
    record.note(new Event.SettingAside(message.envelope().id()));
    queue.setAside(message, "held");
    record.note(new Event.SetAside(message.envelope().id()));
    aside.add(message.id());
  }

  private static void fail(Object what) {
    throw new AssertionError(String.valueOf(what));
  }
}
