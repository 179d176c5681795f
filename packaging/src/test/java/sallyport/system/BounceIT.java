package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mail that hubs refuse, and who is told: smap, smapd and two hubs, inside and outside. */
@Timeout(120)
class BounceIT {
  private static final String SENDER = "ann@outside.example";
  private static final Pattern FINAL_RECIPIENT =
      Pattern.compile("(?md)^Final-Recipient: rfc822; (\\S+)\r$");

  /** Reads a report as a mail program does, and prints each recipient with action and status. */
  private static final String PYTHON =
      """
      import email, email.policy, sys
      m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.SMTP)
      assert m.get_content_type() == 'multipart/report', m.get_content_type()
      assert m.get_param('report-type') == 'delivery-status'
      assert m['Auto-Submitted'] == 'auto-replied'
      assert [a.addr_spec for a in m['To'].addresses] == ['ann@outside.example'], m['To']
      assert m['References'] == '<mixed@outside.example>', m['References']
      text, status, original = m.iter_parts()
      assert text.get_content_type() == 'text/plain'
      assert status.get_content_type() == 'message/delivery-status'
      assert 'X-Token: mixed' in original.as_string()
      assert sum(len(p.defects) for p in m.walk()) == 0
      groups = status.get_payload()
      assert groups[0]['Reporting-MTA'] == 'dns; gateway.example'
      assert len(groups) == 1 + int(sys.argv[2]), len(groups)
      for g in groups[1:]:
          assert (g['Action'], g['Status']) == ('failed', '5.1.1'), str(g)
          assert g['Remote-MTA'] == 'dns; [127.0.0.1]', str(g)
          assert g['Diagnostic-Code'].startswith('smtp; 550 5.1.1 not here:'), str(g)
      """;

  @TempDir Path folder;
  private final List<RecordingHub.Taken> inside = new CopyOnWriteArrayList<>();
  private final List<RecordingHub.Taken> outside = new CopyOnWriteArrayList<>();

  @Test
  void ofAHundredRecipientsTheRefusedStandInOneReportAndTheOthersGetTheirMailOnce()
      throws Exception {
    Needs.programs("python3");
    List<String> all =
        IntStream.range(0, 100).mapToObj(i -> "user" + i + "@" + Gateway.DOMAIN).toList();
    Set<String> refused = all.stream().filter(to -> to.contains("3")).collect(Collectors.toSet());
    try (RecordingHub hub =
            new RecordingHub(0, inside::add, to -> refused.contains(to) ? no(to) : "250 ok");
        RecordingHub far = new RecordingHub(0, outside::add);
        Gateway gateway = gateway(hub, far)) {
      gateway.smapd();
      send(Gateway.port(gateway.smap()), SENDER, "mixed", all);
      gateway.awaitEmpty("new", "queue", "bad");
      assertThat(inside.stream().flatMap(taken -> taken.to().stream()))
          .as("each of the others once")
          .doesNotContainAnyElementsOf(refused)
          .hasSize(all.size() - refused.size())
          .doesNotHaveDuplicates();
      assertThat(outside).as("one report").hasSize(1);
      RecordingHub.Taken report = outside.getFirst();
      assertThat(report.from()).isEmpty();
      assertThat(report.to()).containsExactly(SENDER);
      assertThat(namedIn(report)).isEqualTo(new TreeSet<>(refused));
      Path file = Files.write(folder.resolve("report.eml"), report.octets());
      Child.run(
          Duration.ofSeconds(30),
          new byte[0],
          Needs.program("python3"),
          "-c",
          PYTHON,
          file.toString(),
          String.valueOf(refused.size()));
    }
  }

  @Test
  void whoIsDeferredIsTriedAgainAndIsInNoReport() throws Exception {
    Set<String> asked = ConcurrentHashMap.newKeySet();
    try (RecordingHub hub = new RecordingHub(0, inside::add, to -> notYetOrNever(to, asked));
        RecordingHub far = new RecordingHub(0, outside::add);
        Gateway gateway = gateway(hub, far)) {
      gateway.smapd();
      List<String> to = List.of(at("never"), at("later"), at("now"));
      send(Gateway.port(gateway.smap()), SENDER, "mixed", to);
      gateway.awaitEmpty("new", "queue", "bad");
      assertThat(inside.stream().map(RecordingHub.Taken::to))
          .containsExactly(List.of(at("now")), List.of(at("later")));
      assertThat(outside).hasSize(1);
      assertThat(namedIn(outside.getFirst())).containsExactly(at("never"));
    }
  }

  @Test
  void whatHasNoSenderIsToldToThePostmaster() throws Exception {
    try (RecordingHub hub =
            new RecordingHub(0, inside::add, to -> to.startsWith("gone") ? no(to) : "250 ok");
        RecordingHub far = new RecordingHub(0, outside::add);
        Gateway gateway = gateway(hub, far)) {
      gateway.smapd();
      send(Gateway.port(gateway.smap()), "", "bounce", List.of(at("gone")));
      gateway.awaitEmpty("new", "queue", "bad");
      assertThat(outside).isEmpty();
      assertThat(inside).hasSize(1);
      assertThat(inside.getFirst().from()).isEmpty();
      assertThat(inside.getFirst().to()).containsExactly("postmaster");
      assertThat(inside.getFirst().text()).contains("To: <postmaster@gateway.example>\r\n");
      assertThat(namedIn(inside.getFirst())).containsExactly(at("gone"));
    }
  }

  @Test
  void aReportThatTheSendersHubRefusesIsToldToThePostmaster() throws Exception {
    try (RecordingHub hub =
            new RecordingHub(0, inside::add, to -> to.startsWith("gone") ? no(to) : "250 ok");
        RecordingHub far = new RecordingHub(0, outside::add, BounceIT::no);
        Gateway gateway = gateway(hub, far)) {
      gateway.smapd();
      send(Gateway.port(gateway.smap()), SENDER, "forged", List.of(at("gone")));
      gateway.awaitEmpty("new", "queue", "bad");
      assertThat(outside).isEmpty();
      assertThat(inside).hasSize(1);
      assertThat(inside.getFirst().to()).containsExactly("postmaster");
      assertThat(namedIn(inside.getFirst())).contains(SENDER);
      assertThat(inside.getFirst().text()).contains("X-Token: forged");
    }
  }

  @Test
  void whoCannotBeReachedIsReportedAsDelayedAndThenAsFailed() throws Exception {
    try (RecordingHub far = new RecordingHub(0, outside::add);
        Gateway gateway =
            new Gateway(folder)
                .relay(Ports.free())
                .line("smapd: relay-out 127.0.0.1:" + far.port())
                .line("smapd: warn-after 2")
                .line("smapd: max-age 8")) {
      gateway.smapd();
      send(Gateway.port(gateway.smap()), SENDER, "waiting", List.of(at("john")));
      gateway.awaitEmpty("new", "queue", "bad");
      assertThat(outside).hasSize(2);
      assertThat(outside.getFirst().text())
          .contains("Action: delayed\r\nStatus: 4.4.1\r\n", "Will-Retry-Until: ");
      assertThat(outside.getLast().text()).contains("Action: failed\r\nStatus: 4.4.7\r\n");
      assertThat(outside)
          .allSatisfy(report -> {
            assertThat(report.from()).isEmpty();
            assertThat(report.to()).containsExactly(SENDER);
            assertThat(namedIn(report)).containsExactly(at("john"));
            assertThat(report.text()).contains("Connection refused", "X-Token: waiting");
          });
    }
  }

  private Gateway gateway(RecordingHub inside, RecordingHub outside) throws Exception {
    return new Gateway(folder)
        .relay(inside.port())
        .line("smapd: relay-out 127.0.0.1:" + outside.port());
  }

  private static String at(String user) {
    return user + "@" + Gateway.DOMAIN;
  }

  private static String no(String recipient) {
    return "550 5.1.1 not here: " + recipient;
  }

  private static String notYetOrNever(String to, Set<String> asked) {
    return switch (to.substring(0, to.indexOf('@'))) {
      case "never" -> no(to);
      case "later" -> asked.add(to) ? "451 4.2.1 not yet" : "250 ok";
      default -> "250 ok";
    };
  }

  private static void send(int port, String from, String token, List<String> to) throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      wire.say("MAIL FROM:<" + from + ">", "250");
      for (String recipient : to) {
        wire.say("RCPT TO:<" + recipient + ">", "250");
      }
      wire.say("DATA", "354");
      wire.send(Samples.header(token) + "Text.\r\n.\r\n");
      Wire.queueId(wire.reply());
    }
  }

  private static Set<String> namedIn(RecordingHub.Taken report) {
    return FINAL_RECIPIENT
        .matcher(report.text())
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
