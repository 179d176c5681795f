package sallyport.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that keeps a trace of every operation, and can build what a disk may hold
 * after a crash at any point of the trace. Assumed of the real one: a rename is one step; what was
 * forced stays. Everything else may be lost: octets written since the last force of their file, and
 * entries changed since the last force of their folder, each for itself, as long as the order in
 * which one file or one name was changed is kept.
 */
final class SimulatedFiles implements SpoolFiles {
  /** What happens to all that was not forced. */
  enum Fate {
    /** All of it is lost. */
    LOST,
    /** All of it is there, and on disk. */
    KEPT,
    /** Only the process ended: all of it is there, but still not on disk. */
    STILL_PENDING,
    /** Each part is lost, kept or torn. */
    ANY
  }

  /** One step of the trace. */
  sealed interface Step {
    record Create(Path path, int file) implements Step {}

    record Write(int file, long position, byte[] octets) implements Step {}

    record Force(int file) implements Step {}

    record Rename(Path from, Path to, int file) implements Step {}

    record Unlink(Path path, int file) implements Step {}

    record ForceFolder(Path folder) implements Step {}

    record ForceAll() implements Step {}

    /** Something that the script did or was told. */
    record Note(Object what) implements Step {}
  }

  /** Files as they were when the trace began, all on disk. */
  private final Map<Path, byte[]> base;

  private final List<Step> trace = new ArrayList<>();
  private final Map<Path, Integer> names = new TreeMap<>();
  private final Map<Integer, byte[]> contents = new HashMap<>();
  private int files;
  private long room = Long.MAX_VALUE;

  SimulatedFiles() {
    this(Map.of());
  }

  private SimulatedFiles(Map<Path, byte[]> base) {
    this.base = new TreeMap<>(base);
    this.base.forEach((path, octets) -> {
      names.put(path, files);
      contents.put(files++, octets.clone());
    });
  }

  synchronized void note(Object what) {
    trace.add(new Step.Note(what));
  }

  synchronized List<Step> trace() {
    return List.copyOf(trace);
  }

  /** What the disk may hold when everything stops before this step of the trace. */
  SimulatedFiles crashedAt(int cut, Fate fate, Random random) {
    List<Step> before = trace().subList(0, cut);
    if (fate == Fate.STILL_PENDING) {
      SimulatedFiles same = new SimulatedFiles(base);
      before.forEach(same::apply);
      return same;
    }
    return new SimulatedFiles(new Crash(fate, random).after(before));
  }

  private synchronized void apply(Step step) {
    trace.add(step);
    switch (step) {
      case Step.Create(Path path, int file) -> {
        names.put(path, file);
        contents.put(file, new byte[0]);
        files = Math.max(files, file + 1);
      }
      case Step.Write(int file, long position, byte[] octets) ->
          contents.put(file, written(contents.get(file), position, octets, octets.length));
      case Step.Rename(Path from, Path to, int file) -> {
        names.remove(from);
        names.put(to, file);
      }
      case Step.Unlink(Path path, int file) -> names.remove(path);
      case Step.Force force -> {}
      case Step.ForceFolder force -> {}
      case Step.ForceAll force -> {}
      case Step.Note note -> {}
    }
  }

  private static byte[] written(byte[] old, long position, byte[] octets, int length) {
    byte[] all = Arrays.copyOf(old, Math.max(old.length, (int) position + length));
    System.arraycopy(octets, 0, all, (int) position, length);
    return all;
  }

  /** Replays a trace and keeps apart what is on disk and what is not. */
  private final class Crash {
    private final Fate fate;
    private final Random random;
    private final Map<Path, Integer> onDisk = new TreeMap<>();
    private final Map<Integer, byte[]> octetsOnDisk = new HashMap<>();
    private final Map<Integer, List<Step.Write>> writes = new HashMap<>();
    private List<Step> entries = new ArrayList<>();

    Crash(Fate fate, Random random) {
      this.fate = fate;
      this.random = random;
      int file = 0;
      for (Map.Entry<Path, byte[]> entry : base.entrySet()) {
        onDisk.put(entry.getKey(), file);
        octetsOnDisk.put(file++, entry.getValue());
      }
    }

    Map<Path, byte[]> after(List<Step> steps) {
      for (Step step : steps) {
        switch (step) {
          case Step.Write write ->
              writes.computeIfAbsent(write.file(), file -> new ArrayList<>()).add(write);
          case Step.Force(int file) -> {
            for (Step.Write write : writes.getOrDefault(file, List.of())) {
              put(write, write.octets().length);
            }
            writes.remove(file);
          }
          case Step.ForceAll() -> {
            writes.values().forEach(all -> all.forEach(one -> put(one, one.octets().length)));
            writes.clear();
            settle(entry -> true, false);
          }
          case Step.ForceFolder(Path folder) -> settle(entry -> touches(entry, folder), false);
          case Step.Note note -> {}
          default -> entries.add(step);
        }
      }
      settle(entry -> keeps(), true);
      writes.values().forEach(this::tear);
      Map<Path, byte[]> left = new TreeMap<>();
      onDisk.forEach((path, file) -> left.put(path, octetsOnDisk.getOrDefault(file, new byte[0])));
      return left;
    }

    private boolean keeps() {
      return switch (fate) {
        case LOST -> false;
        case KEPT, STILL_PENDING -> true;
        case ANY -> random.nextBoolean();
      };
    }

    /** Brings entries to disk, and with each the earlier changes of the same file or name. */
    private void settle(Predicate<Step> wanted, boolean last) {
      boolean[] kept = new boolean[entries.size()];
      Set<Object> needed = new HashSet<>();
      for (int i = kept.length - 1; i >= 0; i--) {
        List<Object> about = about(entries.get(i));
        kept[i] = wanted.test(entries.get(i)) || about.stream().anyMatch(needed::contains);
        if (kept[i]) {
          needed.addAll(about);
        }
      }
      List<Step> rest = new ArrayList<>();
      for (int i = 0; i < kept.length; i++) {
        if (kept[i]) {
          enter(entries.get(i));
        } else if (!last) {
          rest.add(entries.get(i));
        }
      }
      entries = rest;
    }

    private List<Object> about(Step entry) {
      return switch (entry) {
        case Step.Create(Path path, int file) -> List.of(path, file);
        case Step.Rename(Path from, Path to, int file) -> List.of(from, to, file);
        case Step.Unlink(Path path, int file) -> List.of(path, file);
        default -> List.of();
      };
    }

    private boolean touches(Step entry, Path folder) {
      return about(entry).stream()
          .anyMatch(one -> one instanceof Path path && folder.equals(path.getParent()));
    }

    private void enter(Step entry) {
      switch (entry) {
        case Step.Create(Path path, int file) -> onDisk.put(path, file);
        case Step.Rename(Path from, Path to, int file) -> {
          onDisk.remove(from);
          onDisk.put(to, file);
        }
        case Step.Unlink(Path path, int file) -> onDisk.remove(path);
        default -> throw new IllegalStateException();
      }
    }

    private void tear(List<Step.Write> pending) {
      for (Step.Write write : pending) {
        if (keeps()) {
          boolean whole = fate == Fate.KEPT || random.nextInt(3) > 0;
          put(write, whole ? write.octets().length : random.nextInt(write.octets().length + 1));
        }
      }
    }

    private void put(Step.Write write, int length) {
      octetsOnDisk.merge(
          write.file(),
          written(new byte[0], write.position(), write.octets(), length),
          (old, part) -> written(old, write.position(), write.octets(), length));
    }
  }

  @Override
  public synchronized OpenFile create(Path file) throws IOException {
    if (names.containsKey(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    apply(new Step.Create(file, files));
    return new Open(names.get(file));
  }

  @Override
  public synchronized OpenFile append(Path file) throws IOException {
    return names.containsKey(file) ? new Open(names.get(file)) : create(file);
  }

  @Override
  public synchronized OpenFile read(Path file) throws IOException {
    return new Open(number(file));
  }

  private int number(Path file) throws NoSuchFileException {
    Integer number = names.get(file);
    if (number == null) {
      throw new NoSuchFileException(file.toString());
    }
    return number;
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    int file = number(from);
    if (names.containsKey(to)) {
      throw new FileAlreadyExistsException(to.toString());
    }
    apply(new Step.Rename(from, to, file));
  }

  @Override
  public synchronized void unlink(Path file) throws IOException {
    apply(new Step.Unlink(file, number(file)));
  }

  @Override
  public synchronized void forceFolder(Path folder) {
    apply(new Step.ForceFolder(folder));
  }

  @Override
  public synchronized void forceAll(Path folder) {
    apply(new Step.ForceAll());
  }

  @Override
  public synchronized Names names(Path folder) {
    Iterator<String> list =
        names.keySet().stream()
            .filter(path -> folder.equals(path.getParent()))
            .map(path -> path.getFileName().toString())
            .toList()
            .iterator();
    return new Names() {
      @Override
      public @Nullable String next() {
        return list.hasNext() ? list.next() : null;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public synchronized FileFacts facts(Path file) throws IOException {
    if (file.getNameCount() == 2) {
      return new FileFacts(false, true, 2, 0, 0, 0);
    }
    return new FileFacts(true, false, 1, 0, contents.get(number(file)).length, 0);
  }

  /** How much room there is said to be from now on. */
  void say(long octetsOfRoom) {
    room = octetsOfRoom;
  }

  @Override
  public long room(Path folder) {
    return room;
  }

  @Override
  public synchronized boolean exists(Path file) {
    return file.getNameCount() == 2 || names.containsKey(file);
  }

  @Override
  public Closeable lock(Path file) {
    return () -> {};
  }

  @Override
  public void requireUsable(Path folder) {}

  /** An open file; appends where it has written up to, or at the end. */
  private final class Open implements OpenFile {
    private final int file;

    Open(int file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer... parts) {
      int length = 0;
      for (ByteBuffer part : parts) {
        length += part.remaining();
      }
      ByteBuffer all = ByteBuffer.allocate(length);
      for (ByteBuffer part : parts) {
        all.put(part);
      }
      synchronized (SimulatedFiles.this) {
        apply(new Step.Write(file, contents.get(file).length, all.array()));
      }
    }

    @Override
    public void writeAt(ByteBuffer part, long position) {
      byte[] octets = new byte[part.remaining()];
      part.get(octets);
      apply(new Step.Write(file, position, octets));
    }

    @Override
    public int readAt(ByteBuffer into, long position) {
      synchronized (SimulatedFiles.this) {
        byte[] octets = contents.get(file);
        int length = (int) Math.min(into.remaining(), octets.length - position);
        if (length <= 0) {
          return -1;
        }
        into.put(octets, (int) position, length);
        return length;
      }
    }

    @Override
    public long size() {
      synchronized (SimulatedFiles.this) {
        return contents.get(file).length;
      }
    }

    @Override
    public void force() {
      apply(new Step.Force(file));
    }

    @Override
    public void close() {}
  }
}
