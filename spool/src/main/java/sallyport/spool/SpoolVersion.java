package sallyport.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which form the spool's files have. {@code queue/.version} says it for the spool, and the first
 * line of each file for that file. A spool without the mark is older than the mark, and of version
 * 1; a later version, whose mail would look damaged, is refused.
 */
final class SpoolVersion {
  /** What this program writes, and the latest that it reads. */
  static final int CURRENT = 1;

  /** The mark, below {@code queue/}. */
  static final String NAME = ".version";

  private static final String UNFINISHED = NAME + CopyOut.PART;
  private static final String TEXT = "Sallyport-Spool " + CURRENT + "\n";
  private static final int MAX_OCTETS = 64;
  private static final Pattern STATED = Pattern.compile("(?s)Sallyport-Spool ([0-9]{1,9})[ \n].*");

  private SpoolVersion() {}

  /**
   * Sees that this program may use the spool, and leaves its own mark if there is none. To be
   * called under the lock of {@code queue/}.
   *
   * @throws SpoolNewerException if a later version has used it
   * @throws SpoolException if the mark cannot be understood
   */
  static void claim(SpoolFiles files, Path queue) throws IOException {
    Path mark = queue.resolve(NAME);
    String text = read(files, mark);
    if (text.isEmpty()) {
      leaveMark(files, queue);
      return;
    }
    OptionalLong version = stated(text);
    if (version.isEmpty() || version.getAsLong() < 1) {
      throw new SpoolException(
          mark + " is no mark of a version; expected '" + TEXT.strip() + "', or no such file");
    }
    refuseLater(mark.toString(), version.getAsLong());
  }

  /**
   * Refuses a file whose first line states a later version.
   *
   * @throws SpoolNewerException if it does
   */
  static void refuseLaterFile(String firstLine) throws SpoolNewerException {
    OptionalLong version = stated(firstLine);
    if (version.isPresent()) {
      refuseLater("it", version.getAsLong());
    }
  }

  private static void refuseLater(String what, long version) throws SpoolNewerException {
    if (version > CURRENT) {
      throw new SpoolNewerException(
          "%s is of version %d, written by a newer Sallyport; expected at most %d: install that"
                  .formatted(what, version, CURRENT)
              + " one again, and empty the queue before an older is used");
    }
  }

  private static OptionalLong stated(String text) {
    Matcher stated = STATED.matcher(text);
    return stated.matches()
        ? OptionalLong.of(Long.parseLong(stated.group(1)))
        : OptionalLong.empty();
  }

  /** An empty mark, which a disk that does not do as it is told may leave, is none. */
  private static String read(SpoolFiles files, Path mark) throws IOException {
    ByteBuffer octets = ByteBuffer.allocate(MAX_OCTETS);
    try (SpoolFiles.OpenFile file = files.read(mark)) {
      while (octets.hasRemaining() && file.readAt(octets, octets.position()) >= 0) {
        // Until the end.
      }
    } catch (NoSuchFileException e) {
      return "";
    }
    return new String(octets.array(), 0, octets.position(), StandardCharsets.ISO_8859_1);
  }

  /** What keeps it from being written, as a full disk, keeps nobody from the mail: the next may. */
  private static void leaveMark(SpoolFiles files, Path queue) {
    Path unfinished = queue.resolve(UNFINISHED);
    try {
      Finisher.unlinkQuietly(files, unfinished);
      try (SpoolFiles.OpenFile file = files.create(unfinished)) {
        file.write(ByteBuffer.wrap(TEXT.getBytes(StandardCharsets.US_ASCII)));
        file.force();
      }
      Finisher.unlinkQuietly(files, queue.resolve(NAME));
      files.rename(unfinished, queue.resolve(NAME));
      files.forceFolder(queue);
    } catch (IOException e) {
      Finisher.unlinkQuietly(files, unfinished);
    }
  }
}
