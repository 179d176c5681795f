package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the table does with headers, from the client's last octet to the hub's: smap and smapd. */
@Timeout(120)
class HeaderPolicyIT {
  private static final String LOCAL = "127.0.0.1";
  private static final String STRANGER = "127.0.0.2";
  private static final String SENDER = "ann@host.outside.example";
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final List<RecordingHub.Taken> inside = new CopyOnWriteArrayList<>();
  private final List<RecordingHub.Taken> outside = new CopyOnWriteArrayList<>();

  @Test
  void headerMatchDoesWhatTheTableSaysAndNoStrangerGetsABounce() throws Exception {
    try (RecordingHub hub = new RecordingHub(0, inside::add);
        RecordingHub far = new RecordingHub(0, outside::add);
        Gateway gateway =
            gateway(hub, far)
                .line("smapd: header-match '^X-Token: aside' set-aside 'to be looked at'")
                .line("smapd: header-match '^X-Token: bounce' bounce 'no bulk mail here'")
                .line("smapd: header-match '^X-Token: drop' discard")) {
      Child smapd = gateway.smapd();
      int port = Gateway.port(gateway.smap());
      String aside = send(LOCAL, port, message("aside"), bob());
      String dropped = send(STRANGER, port, message("drop"), bob());
      String strange = send(STRANGER, port, message("bounce"), bob());
      String bounced = send(LOCAL, port, message("bounce"), bob());
      send(STRANGER, port, message("good"), bob());

      smapd.awaitEvent(BOUND, "discarded", "id=" + dropped, "to=" + bob(), "header-match:");
      smapd.awaitEvent(BOUND, "set-aside", "id=" + aside, "to be looked at");
      smapd.awaitEvent(BOUND, "set-aside", "id=" + strange, "no bulk mail here");
      smapd.awaitEvent(BOUND, "reported", "id=" + bounced);
      gateway.awaitEmpty("new", "queue");
      assertThat(inside).hasSize(1);
      assertThat(inside.getFirst().text()).contains("X-Token: good");
      assertThat(outside).as("one bounce").hasSize(1);
      assertThat(outside.getFirst().from()).isEmpty();
      assertThat(outside.getFirst().to()).containsExactly(SENDER);
      assertThat(outside.getFirst().text())
          .contains("Final-Recipient: rfc822; " + bob(), "Status: 5.7.1", "no bulk mail here");
      assertThat(gateway.in("bad"))
          .containsExactlyInAnyOrder(
              aside + ".msg", aside + ".reason", strange + ".msg", strange + ".reason");
      assertThat(Files.readString(gateway.spool().resolve("bad").resolve(aside + ".reason")))
          .contains("to be looked at");
    }
  }

  @Test
  void shortenedSendersDifferFromWhatCameInByTheHostOnly() throws Exception {
    String header =
        "From: \"Ann <x@host.outside.example>\" (c\r\n c)\r\n\t<ann@%soutside.example>, J\u00f6rg\r\n"
            + " <jo@%sOUTSIDE.example>\r\n"
            + "Sender: team: a@%soutside.example, b@elsewhere.example;\r\n"
            + "Reply-To: \"open <x@host.outside.example>\r\n"
            + "DKIM-Signature: v=1; d=host.outside.example; h=from; b=AAAA\r\n"
            + "Message-ID: <1@host.outside.example>\r\n"
            + "To: <bob@host.outside.example>\r\n"
            + "X-Token: shorten\r\n\r\n";
    String body = "From: <x@host.outside.example>\r\n" + "\u00ff".repeat(70_000) + "\r\n";
    String sent = header.formatted("host.", "a.b.", "host.") + body;
    try (RecordingHub hub = new RecordingHub(0, inside::add);
        RecordingHub far = new RecordingHub(0, outside::add);
        Gateway gateway = gateway(hub, far).line("smapd: shorten-sender outside.example")) {
      gateway.smapd();
      send(LOCAL, Gateway.port(gateway.smap()), sent, bob(), "eve@elsewhere.example");
      gateway.awaitEmpty("new", "queue");
      assertThat(inside).hasSize(1);
      assertThat(inside.getFirst().from()).isEqualTo(SENDER);
      assertThat(below(inside.getFirst())).isEqualTo(sent);
      assertThat(outside).hasSize(1);
      assertThat(outside.getFirst().from()).isEqualTo("ann@outside.example");
      assertThat(outside.getFirst().to()).containsExactly("eve@elsewhere.example");
      assertThat(below(outside.getFirst())).isEqualTo(header.formatted("", "", "") + body);
    }
  }

  private Gateway gateway(RecordingHub inside, RecordingHub outside) throws Exception {
    return new Gateway(folder)
        .without("smap: permit-hosts")
        .line("smap: permit-hosts " + LOCAL + " " + STRANGER)
        .line("smap, smapd: local-nets " + LOCAL)
        .relay(inside.port())
        .line("smapd: relay-out 127.0.0.1:" + outside.port());
  }

  private static String bob() {
    return "bob@" + Gateway.DOMAIN;
  }

  private static String message(String token) {
    return Samples.header(token) + "Text.\r\n";
  }

  private static String below(RecordingHub.Taken taken) {
    return Hub.below(taken.octets());
  }

  private static String send(String source, int port, String message, String... to)
      throws Exception {
    try (Wire wire = Wire.greetedFrom(source, port)) {
      wire.say("MAIL FROM:<" + SENDER + "> BODY=8BITMIME", "250");
      for (String recipient : to) {
        wire.say("RCPT TO:<" + recipient + ">", "250");
      }
      wire.say("DATA", "354");
      wire.send(message.getBytes(StandardCharsets.ISO_8859_1));
      wire.send(".\r\n");
      return Wire.queueId(wire.reply());
    }
  }
}
