package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code netperm} of the distribution, on its sample table and on one of our own. */
class NetpermIT {
  private static final Duration BOUND = Duration.ofSeconds(40);
  private static final String SAMPLE =
      Path.of(Gateway.program("netperm"))
          .getParent()
          .resolveSibling("etc/netperm-table")
          .toString();

  @TempDir Path folder;

  @Test
  void sampleTableIsFreeOfProblems() throws Exception {
    Answer answer = netperm("check", SAMPLE);
    assertThat(answer.code()).as(answer.text()).isZero();
    assertThat(answer.lines()).containsExactly(SAMPLE + ": ok");
  }

  @Test
  void wrongTableShowsEveryLineAndExitsWith78() throws Exception {
    Path table = table("smap: timeout soon", "smapd: relay", "nobody: knows this");
    Answer answer = netperm("check", table.toString());
    assertThat(answer.code()).as(answer.text()).isEqualTo(78);
    assertThat(answer.text()).contains(table + ":2: error", table + ":3: error", table + ":4: ");
    assertJson(netperm("check", "--json", table.toString()), "'errors'");
  }

  @Test
  void strangerIsPermittedByTheSampleTable() throws Exception {
    Answer answer = netperm("explain", "smap", "--from", "198.51.100.7", "--table", SAMPLE);
    System.out.println(answer.text());
    assertThat(answer.code()).isZero();
    assertThat(answer.lines().getFirst()).isEqualTo("permit smap host=unknown/198.51.100.7");
    assertThat(answer.text()).contains(SAMPLE + ":", "permit-hosts *");
  }

  @Test
  void lineThatDeniesIsNamed() throws Exception {
    Path table = table("smap: deny-hosts 203.0.113.* *.bad.example", "smap: permit-hosts *");
    for (String host : List.of("203.0.113.9", "198.51.100.7/mx.bad.example")) {
      Answer answer = netperm("explain", "smap", "--from", host, "--table", table.toString());
      System.out.println(answer.text());
      assertThat(answer.lines().getFirst()).startsWith("deny smap ");
      assertThat(answer.text()).contains(table + ":2: decides");
    }
  }

  @Test
  void hostThatNoLineMatchesIsDenied() throws Exception {
    Path table = table("smap: permit-hosts 192.0.2.0/24");
    Answer answer =
        netperm("explain", "smap", "--from", "2001:db8::7", "--table", table.toString());
    System.out.println(answer.text());
    assertThat(answer.lines().getFirst()).startsWith("deny smap ");
  }

  @Test
  void explanationAsJsonCanBeParsed() throws Exception {
    Answer answer =
        netperm("explain", "smap", "--from", "198.51.100.7", "--json", "--table", SAMPLE);
    assertThat(answer.code()).isZero();
    assertJson(answer, "'permitted'");
  }

  @Test
  void missingTableIsOneLine() throws Exception {
    Answer answer = netperm("check", folder.resolve("none").toString());
    assertThat(answer.code()).isEqualTo(66);
    assertThat(answer.lines()).hasSize(1);
  }

  private record Answer(int code, List<String> lines) {
    String text() {
      return String.join("\n", lines);
    }
  }

  private static Answer netperm(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Gateway.program("netperm")));
    command.addAll(List.of(arguments));
    try (Child child = Child.start(command)) {
      return new Answer(child.awaitExit(BOUND), child.lines());
    }
  }

  /** Another program's parser must take it, and find this key. */
  private static void assertJson(Answer answer, String key) throws Exception {
    Child.run(
        BOUND,
        answer.text().getBytes(StandardCharsets.UTF_8),
        Needs.program("python3"),
        "-c",
        "import json, sys; json.load(sys.stdin)[" + key + "]");
  }

  private Path table(String... lines) throws Exception {
    String text = "*: hostname gateway.example\n" + String.join("\n", lines) + "\n";
    return Files.writeString(folder.resolve("netperm-table"), text, StandardCharsets.US_ASCII);
  }
}
