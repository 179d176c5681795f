package sallyport.spool;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Names in {@code new/}, which is smap's: only those of the one legal form are touched, and each is
 * moved before anything about it is believed. The folder is read on from where it was left, a part
 * at a time, and that part is used up before the next: however much lies there, each name is read
 * about once. One thread.
 */
final class Arrivals {
  static final String BATCH = ".batch";

  private static final String IN_USE = "a file of this name is in the queue";
  private static final int ALERTED = 1000;

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final QueueLimits limits;
  private final Consumer<QueueAlert> alerts;
  private final Set<String> alerted = new LinkedHashSet<>();
  private final Queue<String> listed = new ArrayDeque<>();
  private SpoolFiles.@Nullable Names rest;

  Arrivals(
      SpoolFiles files, SpoolFolders folders, QueueLimits limits, Consumer<QueueAlert> alerts) {
    this.files = files;
    this.folders = folders;
    this.limits = limits;
    this.alerts = alerts;
  }

  /** Whether a name is that of a batch. */
  static boolean isLegal(String name) {
    if (!name.endsWith(BATCH)) {
      return false;
    }
    String id = name.substring(0, name.length() - BATCH.length());
    return QueueId.isLegal(id) && !new QueueId(id).isOwn();
  }

  /** To be called before names are asked for: looks at the folder if no name is left. */
  void look() throws IOException {
    if (listed.isEmpty()) {
      boolean readOn = rest != null;
      list();
      if (listed.isEmpty() && readOn) {
        // The rest of a folder that was opened long ago may be nothing; the folder may not be.
        list();
      }
    }
  }

  /** Whether there may be names that {@link #next} has not given, other than such as came since. */
  boolean areLeft() {
    return rest != null || !listed.isEmpty();
  }

  /** A legal name, the oldest of a part of the folder; null when there is none left of that. */
  @Nullable String next() {
    return listed.poll();
  }

  /** Lists a part of the folder, the oldest first. */
  private void list() throws IOException {
    SpoolFiles.Names names = rest == null ? files.names(folders.new_()) : rest;
    rest = names;
    List<String> found = new ArrayList<>();
    for (int seen = 0; seen < limits.namesPerScan(); seen++) {
      String name = names.next();
      if (name == null) {
        close();
        break;
      }
      if (isLegal(name)) {
        found.add(name);
      } else {
        alertOnce(name, "is no name of a batch");
      }
    }
    listed.addAll(found.size() > 1 ? byAge(found) : found);
  }

  private List<String> byAge(List<String> names) throws IOException {
    List<Arrival> arrivals = new ArrayList<>();
    for (String name : names) {
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
  boolean take(String name) {
    try {
      // Of an earlier file of this name the log goes last.
      if (!files.exists(folders.queue().resolve(name + Batch.LOG))) {
        files.rename(folders.new_().resolve(name), folders.queue().resolve(name));
        return true;
      }
      alertOnce(name, IN_USE);
      return false;
    } catch (FileAlreadyExistsException e) {
      alertOnce(name, IN_USE);
      return false;
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

  /** Gives the open folder back; names that are left stay. */
  void close() throws IOException {
    SpoolFiles.Names open = rest;
    rest = null;
    if (open != null) {
      open.close();
    }
  }
}
