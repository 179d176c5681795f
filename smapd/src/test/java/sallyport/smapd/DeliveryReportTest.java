package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What smapd writes itself, octet for octet and as other programs read it. */
@Timeout(60)
class DeliveryReportTest {

  /** With {@code -Dreports.write=true} the files are written anew; then read them by eye. */
  private static final boolean WRITE = Boolean.getBoolean("reports.write");

  private static final Path FOLDER = Path.of("src/test/resources/reports");

  @ParameterizedTest
  @EnumSource(Reports.class)
  void everyReportIsAsItsFileHasIt(Reports report) throws IOException {
    Path file = FOLDER.resolve(report.fileName());
    if (WRITE) {
      Files.createDirectories(FOLDER);
      Files.write(file, report.octets());
    }
    assertThat(ascii(report.octets())).isEqualTo(ascii(Files.readAllBytes(file)));
  }

  @Test
  void noFileIsLeftFromAReportThatIsNoMore() throws IOException {
    List<String> wanted = List.of(Reports.values()).stream().map(Reports::fileName).toList();
    try (var files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(wanted);
    }
  }

  @ParameterizedTest
  @EnumSource(Reports.class)
  void everyReportIsCleanSevenBitText(Reports report) {
    assertClean(report.octets());
  }

  @ParameterizedTest
  @EnumSource(value = Reports.class, names = "SET_ASIDE_NOTICE", mode = EnumSource.Mode.EXCLUDE)
  void jakartaMailReadsEveryReportAsMultipartReport(Reports report) throws Exception {
    MimeMessage message = parse(report.octets());
    ContentType type = new ContentType(message.getContentType());
    assertThat(type.match("multipart/report")).isTrue();
    assertThat(type.getParameter("report-type")).isEqualTo("delivery-status");
    assertThat(message.getHeader("Auto-Submitted", null)).isEqualTo("auto-replied");
    assertThat(message.getFrom()).hasSize(1);
    assertThat(message.getAllRecipients()).hasSize(1);
    ((InternetAddress) message.getAllRecipients()[0]).validate();
    MimeMultipart parts = parts(message);
    assertThat(parts.getCount()).isEqualTo(3);
    assertThat(parts.getBodyPart(0).isMimeType("text/plain")).isTrue();
    assertThat(parts.getBodyPart(1).isMimeType("message/delivery-status")).isTrue();
    assertThat(statusOf(message).getFirst().getHeader("Reporting-MTA", null))
        .isEqualTo("dns; gate.test");
  }

  @Test
  void programsReadOneGroupOfFieldsForEachRecipient() throws Exception {
    List<InternetHeaders> groups = statusOf(parse(Reports.MANY_RECIPIENTS.octets()));
    assertThat(groups).hasSize(1 + 120);
    assertThat(groups.get(120).getHeader("Final-Recipient", null))
        .isEqualTo("rfc822; user119@in.test");
    assertThat(groups.get(120).getHeader("Action", null)).isEqualTo("failed");
    assertThat(groups.get(120).getHeader("Status", null)).isEqualTo("5.1.1");
    assertThat(groups.get(120).getHeader("Remote-MTA", null)).isEqualTo("dns; mail.in.test");
  }

  @Test
  void aDelayNamesTheEndOfTheTries() throws Exception {
    InternetHeaders first = statusOf(parse(Reports.DELAYED.octets())).get(1);
    assertThat(first.getHeader("Action", null)).isEqualTo("delayed");
    assertThat(first.getHeader("Status", null)).isEqualTo("4.3.0");
    assertThat(first.getHeader("Will-Retry-Until", null))
        .isEqualTo("Fri, 27 Nov 2026 05:00:00 +0000");
  }

  @Test
  void whatAHubSaysAddsNoFieldAndNoRecipient() throws Exception {
    MimeMessage message = parse(Reports.HOSTILE_HUB.octets());
    List<InternetHeaders> groups = statusOf(message);
    assertThat(groups).hasSize(2);
    for (InternetHeaders group : groups) {
      assertThat(group.getHeader("Bcc")).isNull();
      assertThat(group.getHeader("Subject")).isNull();
    }
    assertThat(message.getAllRecipients()).hasSize(1);
  }

  @Test
  void anOddSenderIsOneAddress() throws Exception {
    MimeMessage message = parse(Reports.QUOTED_SENDER.octets());
    assertThat(message.getAllRecipients()).hasSize(1);
    assertThat(((InternetAddress) message.getAllRecipients()[0]).getAddress())
        .isEqualTo("\"john  \\\"<x>, y\"@example.org");
  }

  @Test
  void anEncodedHeaderIsReadAsItWas() throws Exception {
    MimeMultipart parts = parts(parse(Reports.EIGHT_BIT_HEADER.octets()));
    try (InputStream header = parts.getBodyPart(2).getInputStream()) {
      assertThat(new String(header.readAllBytes(), StandardCharsets.ISO_8859_1))
          .startsWith("From: J\u00fcrgen <j@example.org>\r\nSubject: gr\u00fc\u00dfe = 3 \t\r\n");
    }
  }

  @Test
  void aShortCleanMessageGoesBackAsItWas() throws Exception {
    MimeMultipart parts = parts(parse(Reports.BOUNDARY_IN_THE_MESSAGE.octets()));
    try (InputStream message = parts.getBodyPart(2).getInputStream()) {
      assertThat(new String(message.readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("Subject: forged\r\n\r\n--sallyport-report-0123456789abcdef-2a-b7\r\n--");
    }
  }

  @Test
  void ofALongHeaderOnlyWholeFieldsGoBack() {
    String report = ascii(Reports.HUGE_HEADER.octets());
    assertThat(report).contains("the beginning of the message's header").doesNotContain("Text\r\n");
    assertThat(report).containsPattern(Pattern.compile("X-Trace-\\d+: some text\r\n\r\n--"));
    assertThat(report.length()).isLessThan(Original.HEADER_OCTETS + 5_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverSendersAndHubsSayAReportIsCleanAndHasItsParts(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      int recipients = 1 + random.nextInt(4);
      Failure[] failures = new Failure[recipients];
      for (int j = 0; j < recipients; j++) {
        String said = noise(random, 600);
        failures[j] =
            switch (random.nextInt(3)) {
              case 0 -> Failure.refused("r" + j + "@in.test", noise(random, 300), "550 " + said);
              case 1 -> Failure.refused(printable(random), noise(random, 30), said);
              default -> Failure.expired("r" + j + "@in.test", "", said);
            };
      }
      Reports.Message about =
          new Reports.Message(printable(random), noise(random, 3_000) + noise(random, 3_000));
      byte[] octets =
          Reports.report("j@example.org", new DeliveryReport.Kind.Failed(), about, failures);
      assertClean(octets);
      MimeMessage message = parse(octets);
      assertThat(message.getAllRecipients()).as("seed %d, round %d", seed, i).hasSize(1);
      assertThat(parts(message).getCount()).as("seed %d, round %d", seed, i).isEqualTo(3);
      assertThat(statusOf(message)).as("seed %d, round %d", seed, i).hasSize(1 + recipients);
    }
  }

  @Test
  void aMessageIdThatIsNotOneIsNotRepeated() {
    String[] odd = {
      "<a@b", "<a b@c>", "<a@b> <c@d>", "a@b", "<@>", "<a@b>\r\n x", "<" + "a".repeat(300) + "@b>"
    };
    for (String id : odd) {
      byte[] header = ("Message-ID: " + id + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
      assertThat(OriginalHeader.of(header).messageId()).as(id).isEmpty();
    }
    byte[] twice =
        "Message-ID: <a@b>\r\nMessage-ID: <c@d>\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    assertThat(OriginalHeader.of(twice).messageId()).isEmpty();
    byte[] folded = "message-id:\r\n <a.b@[10.0.0.1]>\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    assertThat(OriginalHeader.of(folded).messageId()).isEqualTo("<a.b@[10.0.0.1]>");
  }

  /** CR LF line ends only, no line over 998 octets, 7-bit, no NUL. */
  static void assertClean(byte[] octets) {
    assertThat(Original.isClean(octets)).isTrue();
    String text = ascii(octets);
    assertThat(text.split("\r\n", -1)).allMatch(line -> line.length() <= 998);
    assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n", "\0");
  }

  private static String noise(Random random, int most) {
    String[] pieces = {
      "\r\n",
      "\n",
      "\r",
      "\0",
      "--sallyport-report-0123456789abcdef-2a-b7",
      "Subject: x",
      " ",
      "\t",
      "\u00e4",
      "\u001b[31m",
      "=",
      ".",
      "From ",
      "a@b",
      "5.1.1",
      ":",
      "x".repeat(500),
      "\r\n\r\n"
    };
    StringBuilder text = new StringBuilder();
    int wanted = random.nextInt(most);
    while (text.length() < wanted) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }

  private static String printable(Random random) {
    StringBuilder text = new StringBuilder("a");
    int wanted = random.nextInt(500);
    for (int i = 0; i < wanted; i++) {
      text.append((char) (' ' + random.nextInt('~' - ' ' + 1)));
    }
    return text.toString();
  }

  private static MimeMessage parse(byte[] octets) throws MessagingException {
    return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(octets));
  }

  private static MimeMultipart parts(MimeMessage message) throws MessagingException {
    return new MimeMultipart(message.getDataHandler().getDataSource());
  }

  private static List<InternetHeaders> statusOf(MimeMessage message) throws Exception {
    BodyPart part = parts(message).getBodyPart(1);
    List<InternetHeaders> groups = new ArrayList<>();
    try (InputStream in = part.getInputStream()) {
      InputStream whole = new ByteArrayInputStream(in.readAllBytes());
      while (whole.available() > 0) {
        InternetHeaders group = new InternetHeaders(whole);
        if (group.getAllHeaders().hasMoreElements()) {
          groups.add(group);
        }
      }
    }
    return groups;
  }

  private static String ascii(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
