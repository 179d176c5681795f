package sallyport.netperm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;

/** No input makes the library throw or hang; what it reads it can write and read again. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TableFuzzTest {
  private static final int TABLES = 400;
  private static final String[] PIECES = {
    "smap",
    "smapd",
    "*",
    ",",
    ":",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\\\n",
    "\\",
    "#",
    "\"",
    "'",
    "{",
    "}",
    "!",
    "-",
    "-dest",
    "-user",
    "permit-",
    "deny-",
    "hosts",
    "permit-hosts",
    "deny-hosts",
    "k",
    "listen",
    "10.*",
    "10.1.2.3/8",
    "10.0.0.0:255.0.0.0",
    "2001:db8::/32",
    "[::1]:25",
    "::",
    "/",
    ".",
    "*.example.com",
    "unknown",
    "25",
    "-5",
    "5m",
    "25M",
    "99999999999999999999",
    "\u0000",
    "\uFFFD",
    "\uFEFF",
    "\u00e9",
    "\ud83d",
    "a b",
    "authserver",
    "executable",
    "%",
    "@"
  };

  @RepeatedTest(10)
  void piecesOfTablesInAnyOrder(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < TABLES; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(120); n > 0; n--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
        text.append(random.nextInt(3) == 0 ? "" : " ");
      }
      exercise(text.toString());
    }
  }

  @RepeatedTest(5)
  void anyBytes(RepetitionInfo repetition) {
    Random random = new Random(1000 + repetition.getCurrentRepetition());
    for (int i = 0; i < TABLES; i++) {
      byte[] bytes = new byte[random.nextInt(400)];
      random.nextBytes(bytes);
      exercise(new String(bytes, StandardCharsets.UTF_8));
      exercise("smap: permit-hosts " + new String(bytes, StandardCharsets.ISO_8859_1));
    }
  }

  @RepeatedTest(1)
  void hugeLinesAreReadInGoodTime() {
    int most = Table.MAX_BYTES / 2; // written back, a table may be longer
    exercise("smap: permit-hosts " + "*".repeat(most));
    exercise("smap: permit-hosts * -user " + "*a".repeat(most / 2));
    exercise("smap: k " + "\\\n".repeat(most / 2));
    exercise("a,".repeat(most / 2) + ": k v");
    exercise("smap: permit-hosts " + "1.".repeat(most / 2));
    exercise("smap: permit-hosts " + "a.".repeat(most / 2));
    exercise("smap: k " + "{ ".repeat(most / 2));
    exercise("smap: hosts 192.0.2.1\n".repeat(most / 22));
    exercise("smap: hosts a.example\nsmap: hosts b.example -user x\n".repeat(most / 52));
    exercise("smap, a: k 1\nsmap, b: k 1\n".repeat(most / 26));
    exercise("\n".repeat(most));
    exercise("x".repeat(most));
  }

  private static void exercise(String text) {
    Table table = Table.parse("t", text);
    Table again = Table.parse("t", written(table));
    assertThat(again.problems()).isEmpty();
    assertThat(again.rules()).isEqualTo(table.rules());
    Settings settings = Settings.of(table, "smap");
    settings.count("25", 1, 1, 9);
    settings.seconds("k", Duration.ZERO, Duration.ZERO, Duration.ofDays(1));
    settings.octets("k", 1, 1, 9);
    settings.hostsAndPorts("k", 25);
    settings.domains("k");
    settings.addresses("k");
    settings.listen(25);
    settings
        .hosts("user")
        .decide(
            Request.from(InetAddress.ofLiteral("192.0.2.1")), _ -> new HostName.Known("x.example"));
    settings
        .problems()
        .forEach(p ->
            assertThat(p.toString()).doesNotContain("\n", "\r", "\u0000").hasSizeLessThan(400));
  }

  private static String written(Table table) {
    StringBuilder text = new StringBuilder();
    int line = 1;
    for (Rule rule : table.rules()) {
      text.repeat("\n", rule.at().line() - line).append(rule);
      line = rule.at().line();
    }
    return text.toString();
  }
}
