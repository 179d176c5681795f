package sallyport.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every operation on files that the spool uses, so that a test can record each, and rebuild what a
 * crash may leave of them. {@link DiskFiles} is the real one. Safe for all threads.
 */
public interface SpoolFiles {
  /**
   * Creates a file for writing, mode 0640 whatever the umask, following no link.
   *
   * @throws java.nio.file.FileAlreadyExistsException when the name is taken
   */
  OpenFile create(Path file) throws IOException;

  /**
   * Opens a file for appending; makes it, for this account alone to use, if it is missing. Follows
   * no link.
   */
  OpenFile append(Path file) throws IOException;

  /** Opens a file for reading, following no link. */
  OpenFile read(Path file) throws IOException;

  /**
   * Moves a file in one step and never replaces another.
   *
   * @throws java.nio.file.FileAlreadyExistsException when the new name is taken
   */
  void rename(Path from, Path to) throws IOException;

  /**
   * Removes a name.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  void unlink(Path file) throws IOException;

  /** Forces the entries of a folder to disk. */
  void forceFolder(Path folder) throws IOException;

  /**
   * Forces all that any process has written to the file system of a folder, names and octets: one
   * call in the place of very many (syncfs).
   */
  void forceAll(Path folder) throws IOException;

  /** The names in a folder, in no order, read as they are asked for. */
  Names names(Path folder) throws IOException;

  /** Up to so many names in a folder, in no order. */
  default List<String> list(Path folder, int atMost) throws IOException {
    List<String> list = new ArrayList<>();
    try (Names names = names(folder)) {
      while (list.size() < atMost) {
        String name = names.next();
        if (name == null) {
          break;
        }
        list.add(name);
      }
    }
    return list;
  }

  /** Names while they are read. One thread at a time. */
  interface Names extends Closeable {
    /** One more; null when there is none. */
    @Nullable String next() throws IOException;
  }

  /**
   * What the name itself stands for, no link followed.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  FileFacts facts(Path file) throws IOException;

  /** Whether the name stands for something; a link that leads nowhere does not. */
  boolean exists(Path file) throws IOException;

  /** How many octets could still be written to the file system of this folder; 0 if not known. */
  long room(Path folder);

  /**
   * Takes a lock that ends with this process.
   *
   * @throws SpoolException when another process holds it
   */
  Closeable lock(Path file) throws IOException;

  /**
   * Sees that this account may list a folder and write in it.
   *
   * @throws SpoolException otherwise, naming the folder
   */
  void requireUsable(Path folder) throws IOException;

  /**
   * What stat tells.
   *
   * @param regular a regular file, no link, folder, pipe or device
   * @param folder a folder
   * @param links names of this file
   * @param user numeric owner
   * @param size octets
   * @param changed last modification, milliseconds of the epoch
   */
  record FileFacts(boolean regular, boolean folder, int links, int user, long size, long changed) {}

  /** A file while it is open. One thread at a time. */
  interface OpenFile extends Closeable {
    /** Writes all that remains in these buffers at the end of what was written so far. */
    void write(ByteBuffer... parts) throws IOException;

    /** Writes all that remains in the buffer at a position. */
    void writeAt(ByteBuffer part, long position) throws IOException;

    /** Reads what is there; -1 at the end. */
    int readAt(ByteBuffer into, long position) throws IOException;

    /** Octets in the file now. */
    long size() throws IOException;

    /** Forces the octets to disk (fdatasync). */
    void force() throws IOException;
  }
}
