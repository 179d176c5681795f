package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A smap that has been taken over, as root would have started it: what it cannot do. */
class CapturedIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @TempDir Path folder;

  @Test
  void capturedSmapCannotReadOutsideConnectOutOrTouchTheQueue() throws Exception {
    Needs.root();
    try (Gateway gateway = new Gateway(folder).relay(9);
        ServerSocket inside = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Child smap = captured(gateway, inside.getLocalPort())) {
      smap.awaitLine(PATIENCE, line -> line.startsWith("attempts: over"), "attempts: over");
      assertThat(said(smap, ": done")).containsExactly("attempt: write to new/: done");
      assertThat(said(smap, ": refused"))
          .satisfiesExactly(
              said -> assertThat(said).startsWith("attempt: open /etc/passwd"),
              said -> assertThat(said).startsWith("attempt: open ../etc/passwd"),
              said -> assertThat(said).contains("connect out", "not permitted"),
              said -> assertThat(said).contains("open a channel", "not permitted"),
              said -> assertThat(said).contains("send a datagram", "not permitted"),
              said -> assertThat(said).contains("listen on another port", "not permitted"),
              said -> assertThat(said).contains("rename queue/", "AccessDenied"),
              said -> assertThat(said).contains("list queue/", "AccessDenied"),
              said -> assertThat(said).contains("write to bad/", "Permission denied"),
              said -> assertThat(said).startsWith("attempt: start a program"));
      said(smap, "attempt: ").forEach(System.out::println);
    }
  }

  private static List<String> said(Child smap, String part) {
    return smap.lines().stream()
        .filter(line -> line.startsWith("attempt: ") && line.contains(part))
        .toList();
  }

  private Child captured(Gateway gateway, int port) throws IOException {
    gateway.writeTable();
    Path lib = Path.of(Gateway.program("smap")).resolveSibling("../lib").normalize();
    try (Stream<Path> jars = Files.list(lib)) {
      String smap =
          jars.map(Path::toString)
              .filter(name -> name.matches(".*/smap-[0-9][^/]*\\.jar"))
              .findFirst()
              .orElseThrow();
      return Child.start(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              smap + ":" + testJar(),
              "sallyport.smap.CapturedSmap",
              String.valueOf(port),
              "--table",
              gateway.table().toString()));
    }
  }

  /** Classes in folders cannot be loaded in a jail. */
  private Path testJar() throws IOException {
    Path classes = Path.of("target", "test-classes");
    Path jar = folder.resolve("captured.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.list(classes.resolve("sallyport/smap"))) {
      for (Path file : files.toList()) {
        out.putNextEntry(new JarEntry("sallyport/smap/" + file.getFileName()));
        Files.copy(file, out);
      }
    }
    return jar;
  }
}
