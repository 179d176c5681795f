package sallyport.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Postfix's {@code smtp-sink}, which dumps each message into a file of its own. */
final class SinkHub implements Hub {
  private static final int HEAD = 4096;

  private final Path dumps;
  private final int port;
  private final Child sink;

  SinkHub(Path folder) throws IOException {
    dumps = Files.createDirectory(folder.resolve("sink"));
    Files.setPosixFilePermissions(dumps, PosixFilePermissions.fromString("rwxrwxrwx"));
    port = Ports.free();
    List<String> command = new ArrayList<>(List.of(Needs.program("smtp-sink")));
    if (Needs.isRoot()) {
      command.addAll(List.of("-u", "nobody"));
    }
    command.addAll(List.of("-d", "m.%M", "127.0.0.1:" + port, "100"));
    sink = Child.start(command, dumps);
    Ports.awaitOpen(port);
  }

  @Override
  public int port() {
    return port;
  }

  /** It dumps while it reads, and adds its own fields above and one line feed at the end. */
  @Override
  public byte[] await(String token) {
    Path file =
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(50))
            .until(() -> find(token), Optional::isPresent)
            .orElseThrow();
    return whole(file);
  }

  private byte[] whole(Path file) {
    byte[][] last = {new byte[0]};
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> {
          byte[] now = Files.readAllBytes(file);
          boolean settled = now.length > 0 && now.length == last[0].length;
          last[0] = now;
          return settled;
        });
    byte[] octets = last[0];
    return Arrays.copyOf(octets, octets.length - 1);
  }

  private Optional<Path> find(String token) throws IOException {
    try (Stream<Path> files = Files.list(dumps)) {
      return files.filter(file -> headHas(file, token)).findFirst();
    }
  }

  private static boolean headHas(Path file, String token) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1).contains(token);
    } catch (IOException e) {
      return false;
    }
  }

  /** In files, with LF for each line's end. */
  @Override
  public String keeps(String message) {
    return message.replace("\r\n", "\n");
  }

  @Override
  public void close() {
    sink.close();
  }
}
