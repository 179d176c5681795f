package sallyport.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What had been promised up to a cut, and whether a state of the disk keeps it. */
final class Promises {
  private final Map<QueueId, Script.Event.Sending> sent = new HashMap<>();
  private final Set<QueueId> answered = new HashSet<>();
  private final Set<List<Object>> handed = new HashSet<>();
  private final Set<List<Object>> done = new HashSet<>();
  private final Map<QueueId, Integer> deferring = new HashMap<>();
  private final Map<QueueId, Integer> deferred = new HashMap<>();
  private final Set<QueueId> settingAside = new HashSet<>();
  private final Set<QueueId> setAside = new HashSet<>();
  private final Set<QueueId> removing = new HashSet<>();
  private final Set<QueueId> removed = new HashSet<>();
  private final Set<QueueId> warned = new HashSet<>();

  Promises(List<SimulatedFiles.Step> steps) {
    for (SimulatedFiles.Step step : steps) {
      if (step instanceof SimulatedFiles.Step.Note(Script.Event event)) {
        take(event);
      }
    }
  }

  private void take(Script.Event event) {
    switch (event) {
      case Script.Event.Sending sending -> sent.put(sending.id(), sending);
      case Script.Event.Answered(QueueId id) -> answered.add(id);
      case Script.Event.Handing(QueueId id, String recipient) -> handed.add(List.of(id, recipient));
      case Script.Event.Final(QueueId id, String recipient) -> done.add(List.of(id, recipient));
      case Script.Event.Deferring(QueueId id, int tries) -> deferring.put(id, tries);
      case Script.Event.Deferred(QueueId id, int tries) -> deferred.put(id, tries);
      case Script.Event.SettingAside(QueueId id) -> settingAside.add(id);
      case Script.Event.SetAside(QueueId id) -> setAside.add(id);
      case Script.Event.TakingBack(QueueId id) -> {
        setAside.remove(id);
        // It comes back as one that was never tried.
        deferred.remove(id);
        warned.remove(id);
      }
      case Script.Event.TakenBack(QueueId id) -> settingAside.remove(id);
      case Script.Event.Removing(QueueId id) -> removing.add(id);
      case Script.Event.Removed(QueueId id) -> removed.add(id);
      case Script.Event.Warned(QueueId id) -> warned.add(id);
    }
  }

  /** Opens both sides on this state, twice, and compares; returns what is wrong. */
  List<String> brokenIn(SimulatedFiles disk) throws Exception {
    List<String> broken = new ArrayList<>();
    Map<String, String> first = look(disk, broken);
    Map<String, String> second = look(disk, broken);
    if (!first.equals(second)) {
      broken.add("a second recovery found " + second + " after " + first);
    }
    return broken;
  }

  private Map<String, String> look(SimulatedFiles disk, List<String> broken) throws Exception {
    Collector.prepare(disk, Script.FOLDERS, Script.LIMITS, failure -> broken.add("" + failure))
        .close();
    if (!disk.list(Script.FOLDERS.tmp(), 10).isEmpty()) {
      broken.add("tmp/ is not empty");
    }
    Map<String, String> found = new TreeMap<>();
    try (Queue queue =
        Queue.open(disk, Script.FOLDERS, QueueLimits.defaults(), alert -> add(broken, alert))) {
      Map<QueueId, QueuedMessage> there = new HashMap<>();
      List<QueuedMessage> messages = new ArrayList<>(queue.recovered());
      messages.addAll(queue.takeOver(10_000));
      for (QueuedMessage message : messages) {
        QueueId id = message.envelope().id();
        if (there.put(id, message) != null) {
          broken.add(id + " is there twice");
        }
        checkMessage(id, message, broken);
        found.put(id.text(), message.pending() + " " + message.tries());
      }
      for (QueueId id : answered) {
        checkAnswered(disk, id, there.get(id), broken);
      }
      queue.settle();
    }
    return found;
  }

  private static void add(List<String> broken, QueueAlert alert) {
    // Lines behind a hole in a log were never acknowledged.
    if (alert.kind() != QueueAlert.Kind.LOG_DAMAGED) {
      broken.add(alert.toString());
    }
  }

  private void checkMessage(QueueId id, QueuedMessage message, List<String> broken)
      throws Exception {
    if (!sent.containsKey(id) || !Arrays.equals(Mail.read(message), sent.get(id).octets())) {
      broken.add(id + " is not what was sent");
    }
    if (setAside.contains(id)) {
      broken.add(id + " was set aside and is there again");
    }
    if (removed.contains(id)) {
      broken.add(id + " was removed and is there again");
    }
    if (warned.contains(id) && !message.isWarned()) {
      broken.add(id + " would be warned of again");
    }
    for (String recipient : message.pending()) {
      if (done.contains(List.of(id, recipient))) {
        broken.add(id + " would be sent again to " + recipient);
      }
    }
    int least = deferred.getOrDefault(id, 0);
    int most = deferring.getOrDefault(id, 0);
    if (message.tries() < least || message.tries() > most) {
      broken.add(id + " has " + message.tries() + " tries, not " + least + " to " + most);
    }
    if (!message.nextTry().equals(Instant.ofEpochSecond(message.tries()))) {
      broken.add(id + " is to be tried at " + message.nextTry());
    }
  }

  private void checkAnswered(
      SimulatedFiles disk, QueueId id, QueuedMessage message, List<String> broken)
      throws Exception {
    if (message == null && removing.contains(id)) {
      return;
    }
    List<String> owed = new ArrayList<>(sent.get(id).recipients());
    owed.removeIf(recipient -> handed.contains(List.of(id, recipient)));
    if (message != null && !message.pending().containsAll(owed)) {
      broken.add(id + " is not pending for all of " + owed);
    }
    if (message == null && !owed.isEmpty()) {
      if (!settingAside.contains(id)) {
        broken.add(id + " is lost for " + owed);
      }
    }
    if (message == null && settingAside.contains(id)) {
      checkSetAside(disk, id, owed, broken);
    }
  }

  private void checkSetAside(
      SimulatedFiles disk, QueueId id, List<String> owed, List<String> broken) throws Exception {
    Path copy = Script.FOLDERS.bad().resolve(id + ".msg");
    List<String> bad = disk.list(Script.FOLDERS.bad(), 10_000);
    if (setAside.contains(id) && !bad.contains(id + ".reason")) {
      broken.add(id + " has no reason");
    }
    BatchReader.Content content;
    try (SpoolFiles.OpenFile file = disk.read(copy)) {
      content = BatchReader.read(file);
    } catch (IOException e) {
      broken.add(id + " is not in bad/: " + e);
      return;
    }
    if (!content.damages().isEmpty()
        || !content.messages().getFirst().envelope().recipients().containsAll(owed)
        || !Collections.disjoint(content.messages().getFirst().done(), owed)) {
      broken.add(id + " is not whole in bad/: " + content.damages());
    }
  }
}
