package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order in which smap asks the kernel for things, before it says 250. */
class StraceIT {
  private static final Duration ATTACH_TIME = Duration.ofSeconds(30);
  private static final String CALLS =
      "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,"
          + "fdatasync,fsync,sync_file_range,rename,renameat,renameat2";

  @TempDir Path folder;

  @Test
  void fileAndFolderAreForcedBeforeTheReply() throws Exception {
    Needs.programs("strace");
    Path trace = folder.resolve("trace");
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      Child smap = gateway.smap();
      String id;
      try (Child strace = attach(smap, trace);
          Wire wire = Wire.greeted(Gateway.port(smap))) {
        strace.awaitLine(ATTACH_TIME, line -> line.contains("attached"), "attached");
        id =
            Wire.queueId(
                wire.message(
                    "ann@outside.example",
                    "john@" + Gateway.DOMAIN,
                    Samples.header("strace") + "The body."));
        strace.terminate();
        strace.awaitExit(ATTACH_TIME);
      }
      assertOrder(Files.readAllLines(trace), id);
    }
  }

  private static Child attach(Child smap, Path trace) throws Exception {
    return Child.start(
        List.of(
            Needs.program("strace"),
            "-f",
            "-y",
            "-s",
            "48",
            "-e",
            CALLS,
            "-o",
            trace.toString(),
            "-p",
            String.valueOf(smap.pid())));
  }

  private static void assertOrder(List<String> trace, String id) {
    int write = last(trace, "p?writev?(64)?\\(\\d+<[^>]*/tmp/[^>]*>.*");
    int force = last(trace, "fdatasync\\(\\d+<[^>]*/tmp/[^>]*>.*");
    int rename = last(trace, "rename\\w*\\(.*tmp/.*new/" + id + "\\.batch\".*");
    int folder = last(trace, "fsync\\(\\d+<[^>]*/new>.*");
    int reply = last(trace, "(write|sendto)\\(\\d+<.*\"250 2\\.0\\.0 Ok: queued as.*");
    System.out.println("strace of one message:");
    List.of(write, force, rename, folder, reply)
        .forEach(line -> System.out.println("  " + trace.get(line)));
    assertThat(List.of(write, force, rename, folder, reply)).isSorted().doesNotHaveDuplicates();
    assertThat(trace.get(force) + trace.get(folder)).doesNotContain("= -1");
  }

  /** Each line begins with the number of the thread. A call that another cuts has a second line. */
  private static int last(List<String> trace, String call) {
    Pattern pattern = Pattern.compile("\\d+ +" + call);
    for (int i = trace.size() - 1; i >= 0; i--) {
      if (pattern.matcher(trace.get(i)).matches()) {
        return i;
      }
    }
    throw new AssertionError("no call like " + call + " in\n" + String.join("\n", trace));
  }
}
