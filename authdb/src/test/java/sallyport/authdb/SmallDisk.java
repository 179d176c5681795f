package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of 512 KiB. Needs root. */
final class SmallDisk implements AutoCloseable {
  private final Path folder;

  SmallDisk(Path folder) throws IOException {
    this.folder = Files.createDirectory(folder);
    run("mount", "-t", "tmpfs", "-o", "size=512k,mode=700,nosuid,nodev", "none", folder.toString());
  }

  Path folder() {
    return folder;
  }

  /** Takes all that is left; gives the file to delete. */
  Path fill() throws IOException {
    Path filler = folder.resolve("filler");
    try (FileChannel channel =
        FileChannel.open(filler, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int octets = 4096; octets > 0; octets /= 2) {
        try {
          while (channel.write(ByteBuffer.allocate(octets)) == octets) {}
        } catch (IOException full) {
          assertThat(full).hasMessageContaining("No space left");
        }
      }
    }
    return filler;
  }

  void makeReadOnly() throws IOException {
    run("mount", "-o", "remount,ro", folder.toString());
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.onExit().join().exitValue()).as(String.join(" ", command)).isZero();
  }

  @Override
  public void close() throws IOException {
    run("umount", folder.toString());
  }
}
