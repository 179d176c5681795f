package sallyport.transcript;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One scenario, read from a file; immutable. The syntax stands in the package's page. */
public final class Transcript {
  /** How the files are named. */
  public static final String SUFFIX = ".transcript";

  private final String name;
  private final Map<String, String> settings;
  private final List<Entry> entries;

  private Transcript(String name, Map<String, String> settings, List<Entry> entries) {
    this.name = name;
    this.settings = Map.copyOf(settings);
    this.entries = List.copyOf(entries);
  }

  /** Every transcript of a folder, by name; a folder without any is a mistake. */
  public static List<Transcript> in(Path folder) throws IOException {
    List<Transcript> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        all.add(read(file));
      }
    }
    if (all.isEmpty()) {
      throw new IOException(folder + " holds no transcript");
    }
    return all;
  }

  /** Reads one file. */
  public static Transcript read(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    return parse(name, Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  /**
   * Reads a transcript from text.
   *
   * @throws IllegalArgumentException {@code name:line: what is wrong}
   */
  public static Transcript parse(String name, String text) {
    return new Reader(name).read(text);
  }

  /** The file's name. */
  public String name() {
    return name;
  }

  /** The {@code @} lines. */
  public Map<String, String> settings() {
    return settings;
  }

  /** Somewhere a {@code !} line asks for what only some peers can do. */
  public boolean needsEvents() {
    return entries.stream().anyMatch(entry -> entry instanceof Entry.Happens);
  }

  List<Entry> entries() {
    return entries;
  }

  @Override
  public String toString() {
    return name;
  }

  private static final class Reader {
    private static final int MAX_REPEAT = 100_000;

    private final String name;
    private final Map<String, String> settings = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private int number;

    Reader(String name) {
      this.name = name;
    }

    Transcript read(String text) {
      for (String line : text.split("\n", -1)) {
        number++;
        if (!line.isBlank() && !line.startsWith("#")) {
          try {
            entry(line);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ":" + number + ": " + e.getMessage(), e);
          }
        }
      }
      return new Transcript(name, settings, entries);
    }

    private void entry(String line) {
      switch (line.charAt(0)) {
        case 'C' -> client(line);
        case 'S' -> server(line);
        case 'M' -> message(line);
        case '!' -> entries.add(new Entry.Happens(number, Escapes.undo(behind(line, 1).strip())));
        case '@' -> setting(behind(line, 1).strip());
        default -> throw new IllegalArgumentException("a line starts with one of C S M ! @ #");
      }
    }

    private void client(String line) {
      switch (kind(line)) {
        case ':' -> send(1, behind(line, 2) + "\\r\\n");
        case '-' -> send(1, behind(line, 2));
        case '$' -> entries.add(new Entry.EndInput(number));
        case '*' -> send(times(line), behind(line, line.indexOf(':') + 1) + "\\r\\n");
        default -> throw new IllegalArgumentException("expected C: C- C* or C$");
      }
    }

    private void send(int times, String text) {
      Entry entry = new Entry.Send(number, Escapes.undo(text));
      for (int i = 0; i < times; i++) {
        entries.add(entry);
      }
    }

    private void server(String line) {
      switch (kind(line)) {
        case ':' -> says(1, behind(line, 2));
        case '~' -> entries.add(new Entry.Matches(number, Pattern.compile(behind(line, 2))));
        case '$' -> entries.add(new Entry.Closes(number));
        case '*' -> says(times(line), behind(line, line.indexOf(':') + 1));
        default -> throw new IllegalArgumentException("expected S: S~ S* or S$");
      }
    }

    private void says(int times, String text) {
      Entry entry = new Entry.Says(number, Escapes.undo(text));
      for (int i = 0; i < times; i++) {
        entries.add(entry);
      }
    }

    private void message(String line) {
      switch (kind(line)) {
        case ':' -> messageLine(Escapes.undo(behind(line, 2)));
        case '=' -> entries.add(new Entry.MessageSize(number, count(behind(line, 2))));
        case '#' -> entries.add(new Entry.MessageCount(number, count(behind(line, 2))));
        default -> throw new IllegalArgumentException("expected M: M= or M#");
      }
    }

    private void messageLine(String text) {
      if (!entries.isEmpty() && entries.getLast() instanceof Entry.Message message) {
        List<String> lines = new ArrayList<>(message.lines());
        lines.add(text);
        entries.set(entries.size() - 1, new Entry.Message(message.line(), lines));
      } else {
        entries.add(new Entry.Message(number, List.of(text)));
      }
    }

    private void setting(String text) {
      String[] words = text.split(" +", 2);
      if (words.length != 2) {
        throw new IllegalArgumentException("expected @ name value");
      }
      settings.put(words[0], words[1]);
    }

    private static char kind(String line) {
      return line.length() > 1 ? line.charAt(1) : ' ';
    }

    /** What stands behind the marker and one blank. */
    private static String behind(String line, int marker) {
      int start = line.startsWith(" ", marker) ? marker + 1 : marker;
      return line.substring(start);
    }

    private static int times(String line) {
      int colon = line.indexOf(':');
      return colon < 0 ? count("") : count(line.substring(2, colon));
    }

    private static int count(String text) {
      int count = text.strip().matches("\\d{1,9}") ? Integer.parseInt(text.strip()) : -1;
      if (count < 0 || count > MAX_REPEAT * 1000) {
        throw new IllegalArgumentException("expected a number");
      }
      return count;
    }
  }
}
