package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sallyport.spool.Outcome;
import sallyport.spool.Outcome.Deferred;
import sallyport.spool.Outcome.Delivered;
import sallyport.spool.Outcome.Failed;

/** Everything that holds for a hub holds for one that offers PIPELINING (RFC 2920), and more. */
class HubPipeliningTest extends HubTest {

  @Override
  TestHub newServer() throws IOException {
    return new TestHub()
        .answer("EHLO", "250-hub.test\r\n250-PIPELINING\r\n250-SIZE 100000000\r\n250 8BITMIME");
  }

  @Test
  void theEnvelopeLeavesAtOnce() {
    server.holdReplies();
    assertThat(deliver("a@x", "b@x").values()).hasOnlyElementsOfType(Delivered.class);
    assertThat(server.messages).hasSize(1);
  }

  @Test
  void aHubThatGoesOnWithoutRecipientsGetsAnEmptyMessageAndNobodyIsServed() {
    server.answer(TestHub.ALWAYS_GO_ON, "yes");
    server.answer("RCPT", "550 5.1.1 no such user");
    assertThat(deliver("a@x").get("a@x")).isEqualTo(new Failed("550 5.1.1 no such user"));
    assertThat(server.messages).singleElement().isEqualTo(new byte[0]);
    server.answer("MAIL", "451 not now");
    assertThat(deliver("a@x").get("a@x")).isEqualTo(new Deferred("451 not now"));
    assertThat(server.messages).allSatisfy(m -> assertThat(m).isEmpty());
    server.answer("MAIL", "250 ok").answer("RCPT", "250 ok");
    assertThat(deliver("a@x").get("a@x")).isInstanceOf(Delivered.class);
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void ofVeryManyRecipientsEachHasAnOutcomeOfItsOwn() {
    String domain = "@" + "d".repeat(200) + ".example";
    List<String> names = IntStream.range(0, 1_000).mapToObj(i -> "u" + i + domain).toList();
    server.answer("RCPT TO:<u77" + domain + ">", "550 5.1.1 not u77");
    server.answer("RCPT TO:<u999" + domain + ">", "450 4.2.1 not now");
    Map<String, Outcome> outcomes = deliver(names.toArray(String[]::new));
    assertThat(outcomes)
        .hasSize(1_000)
        .containsEntry("u77" + domain, new Failed("550 5.1.1 not u77"));
    assertThat(outcomes).containsEntry("u999" + domain, new Deferred("450 4.2.1 not now"));
    assertThat(outcomes.values().stream().filter(Delivered.class::isInstance)).hasSize(998);
  }

  @Test
  void aHubThatClosesAmongTheRecipientsHasDecidedAboutThoseBefore() {
    server.answer("RCPT TO:<gone@x>", "550 5.1.1 no such user");
    server.answer("RCPT TO:<b@x>", "421 4.3.2 closing");
    assertThat(deliver("gone@x", "a@x", "b@x", "c@x"))
        .isEqualTo(
            Map.of(
                "gone@x", new Failed("550 5.1.1 no such user"),
                "a@x", new Deferred("421 4.3.2 closing"),
                "b@x", new Deferred("421 4.3.2 closing"),
                "c@x", new Deferred("421 4.3.2 closing")));
    assertThat(server.messages).isEmpty();
  }
}
