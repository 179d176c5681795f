package sallyport.smap.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReceivedFieldTest {
  private static final Instant ARRIVAL = Instant.parse("2026-11-02T03:04:05.678Z");

  private static String field(String helo, String name, String address, String... recipients)
      throws UnknownHostException {
    Transaction transaction =
        new Transaction(
            new Greeting(Greeting.Protocol.ESMTP, helo),
            new Sender.Null(),
            BodyType.SEVEN_BIT,
            OptionalLong.empty(),
            List.of(recipients).stream()
                .<Recipient>map(each -> new Recipient.To(new Mailbox(each, "inside.example")))
                .toList());
    byte[] octets =
        ReceivedField.of(
            InetAddress.getByName(address),
            name,
            "mail.example",
            "0123456789abcdef-1",
            transaction,
            "",
            ARRIVAL);
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  @Test
  void fieldOfOneRecipient() throws UnknownHostException {
    assertThat(field("client.example", "client.example", "192.0.2.1", "b"))
        .isEqualTo(
            "Received: from client.example (client.example [192.0.2.1]) by mail.example\r\n"
                + "\t(Sallyport smap) with ESMTP id 0123456789abcdef-1 for <b@inside.example>;\r\n"
                + "\tMon, 02 Nov 2026 03:04:05 +0000\r\n");
  }

  @Test
  void severalRecipientsAreNotNamed() throws UnknownHostException {
    assertThat(field("[192.0.2.1]", "unknown", "2001:db8::1", "b", "c"))
        .contains("from [192.0.2.1] (unknown [IPv6:2001:db8:0:0:0:0:0:1])\r\n\tby mail.example")
        .contains("id 0123456789abcdef-1;\r\n\tMon, 02 Nov 2026 03:04:05 +0000\r\n")
        .doesNotContain("inside.example");
  }

  @Test
  void hostileNamesCannotForgeClauses() throws UnknownHostException {
    assertThat(field("x)(y;\\\"<@>,:[", "(a", "192.0.2.1", "b"))
        .startsWith("Received: from x??y????????? (?a [192.0.2.1]) by mail.example");
    assertThat(field("a\r\nX: y", "b\0\u00e9", "192.0.2.1"))
        .startsWith("Received: from a??X??y (b?? [192.0.2.1])");
  }

  @Test
  void anyNamesGiveOneFoldedFieldOfPrintableAscii() throws UnknownHostException {
    Random random = new Random(822);
    for (int round = 0; round < 20_000; round++) {
      String text = field(noise(random), noise(random), "192.0.2.1", "b");
      assertThat(text).endsWith("\r\n").matches("(?s)Received: from \\S+\\s.*");
      String[] lines = text.substring(0, text.length() - 2).split("\r\n", -1);
      for (int i = 0; i < lines.length; i++) {
        assertThat(lines[i]).hasSizeLessThan(998).matches(i == 0 ? "Rec[ -~]*" : "\t[ -~]+");
      }
      assertThat(text.chars().filter(c -> c == '(').count()).isEqualTo(2);
      assertThat(text.chars().filter(c -> c == ')').count()).isEqualTo(2);
      assertThat(text.chars().filter(c -> c == ';').count()).isEqualTo(1);
    }
  }

  private static String noise(Random random) {
    StringBuilder noise = new StringBuilder();
    for (int i = random.nextInt(300); i > 0; i--) {
      noise.append((char) random.nextInt(256));
    }
    return noise.toString();
  }
}
