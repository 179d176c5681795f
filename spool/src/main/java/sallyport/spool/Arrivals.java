package sallyport.spool;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Names in {@code new/}, which is smap's: only those of the one legal form are touched, and each is
 * moved before anything about it is believed. One thread.
 */
final class Arrivals {
  static final String BATCH = ".batch";

  private static final int ALERTED = 1000;

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final QueueLimits limits;
  private final Consumer<QueueAlert> alerts;
  private final Set<String> alerted = new LinkedHashSet<>();

  Arrivals(
      SpoolFiles files, SpoolFolders folders, QueueLimits limits, Consumer<QueueAlert> alerts) {
    this.files = files;
    this.folders = folders;
    this.limits = limits;
    this.alerts = alerts;
  }

  /** Whether a name is that of a batch. */
  static boolean isLegal(String name) {
    return name.endsWith(BATCH)
        && QueueId.isLegal(name.substring(0, name.length() - BATCH.length()))
        && !new QueueId(name.substring(0, name.length() - BATCH.length())).isOwn();
  }

  /** Legal names, oldest first, up to the bound of one scan. */
  List<String> names() throws IOException {
    List<Arrival> arrivals = new ArrayList<>();
    for (String name : files.list(folders.new_(), limits.namesPerScan())) {
      if (!isLegal(name)) {
        alertOnce(name, "is no name of a batch");
        continue;
      }
      try {
        arrivals.add(new Arrival(name, files.facts(folders.new_().resolve(name)).changed()));
      } catch (NoSuchFileException e) {
        // smap may remove what it likes.
      }
    }
    arrivals.sort(
        Comparator.comparingLong(Arrival::changed)
            .thenComparingInt(arrival -> arrival.name.length())
            .thenComparing(Arrival::name));
    return arrivals.stream().map(Arrival::name).toList();
  }

  private record Arrival(String name, long changed) {}

  /** Moves one file to {@code queue/}; false, once alerted, if it cannot be moved. */
  boolean take(String name, Predicate<String> inUse) {
    Path to = folders.queue().resolve(name);
    if (inUse.test(name)) {
      alertOnce(name, "a file of this name is in the queue");
      return false;
    }
    try {
      files.rename(folders.new_().resolve(name), to);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      alertOnce(name, "cannot be moved: " + e);
      return false;
    }
  }

  private void alertOnce(String name, String what) {
    if (alerted.add(name)) {
      alerts.accept(new QueueAlert(QueueAlert.Kind.NOT_TAKEN, name, what));
      if (alerted.size() > ALERTED) {
        alerted.remove(alerted.iterator().next());
      }
    }
  }
}
