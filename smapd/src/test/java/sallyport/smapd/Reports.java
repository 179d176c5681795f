package sallyport.smapd;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import sallyport.spool.QueueId;

/** One report or notice of each sort, whose octets lie in {@code src/test/resources/reports}. */
enum Reports {
  ONE_RECIPIENT(() -> failed("john@example.org", small(), unknown("mary@in.test"))),
  MANY_RECIPIENTS(() -> failed("john@example.org", small(), many(120))),
  DELAYED(() ->
      report(
          "john@example.org",
          new DeliveryReport.Kind.Delayed(Instant.parse("2026-11-27T05:00:00Z")),
          small(),
          Failure.waiting("mary@in.test", "mail.in.test:25", "451 4.3.0 try again later"),
          Failure.waiting(
              "paul@in.test", "mail2.in.test:25", "mail2.in.test: Connection refused"))),
  EXPIRED(() ->
      failed(
          "john@example.org",
          small(),
          Failure.expired("mary@in.test", "10.0.0.7:25", "450 4.2.1 Mailbox busy"),
          Failure.expired("anna@in.test", "a.test:25,b.test:25", "452 Full"),
          Failure.expired("paul@other.test", "", "10.0.0.8: Connection refused"))),
  REFUSED_BY_THE_GATEWAY(() ->
      failed(
          "john@example.org",
          small(),
          Failure.own("x@nowhere.test", EnhancedStatus.UNCARRIED, "no way to this domain"),
          Failure.refused("y@in.test", "mail.in.test", "5.6.3 the hub takes no 8-bit"))),
  DOUBLE_BOUNCE(() ->
      report(
          "postmaster",
          new DeliveryReport.Kind.Undeliverable(),
          new Message("", "From: MAILER-DAEMON@far.test\r\nSubject: away\r\n\r\nText\r\n"),
          unknown("gone@in.test"))),
  EIGHT_BIT_HEADER(() ->
      failed(
          "john@example.org",
          new Message(
              "john@example.org",
              "From: J\u00fcrgen <j@example.org>\r\nSubject: gr\u00fc\u00dfe = 3 \t\r\n\r\n\u00e4\r\n"),
          unknown("mary@in.test"))),
  EIGHT_BIT_BODY(() ->
      failed(
          "john@example.org",
          new Message("john@example.org", "Subject: plain\r\n\r\n\u00e4\r\n"),
          unknown("mary@in.test"))),
  HOSTILE_HUB(() ->
      failed(
          "john@example.org",
          small(),
          Failure.refused(
              "mary@in.test",
              "evil\r\nBcc: all@in.test",
              "550 5.1.1 no\r\n\r\n--sallyport-report-0123456789abcdef-2a-b7--\r\n"
                  + "Subject: buy\u0000\u001b[31m\u00e9 "
                  + "x".repeat(2_000)))),
  QUOTED_SENDER(() ->
      failed(
          "\"john  \\\"<x>, y\"@example.org",
          new Message("\"john  \\\"<x>, y\"@example.org", "Subject: odd\r\n\r\n.\r\n"),
          unknown("\"mary lou\"@in.test"))),
  HUGE_HEADER(() ->
      failed(
          "john@example.org",
          new Message("john@example.org", hugeHeader()),
          unknown("mary@in.test"))),
  LONG_HEADER_LINE(() ->
      failed(
          "john@example.org",
          new Message("john@example.org", "To: " + "a@in.test,".repeat(150) + "\r\n\r\nText\r\n"),
          unknown("mary@in.test"))),
  BOUNDARY_IN_THE_MESSAGE(() ->
      failed(
          "john@example.org",
          new Message(
              "john@example.org",
              "Subject: forged\r\n\r\n--sallyport-report-0123456789abcdef-2a-b7\r\n"
                  + "--sallyport-report-0123456789abcdef-2a-b7.1--\r\n"),
          unknown("mary@in.test"))),
  SET_ASIDE_NOTICE(() ->
      new SetAsideNotice(
              List.of(
                  new SetAsideNotice.Entry(QueueId.parse("0123456789abcdef-2a"), "", "8 hops"),
                  new SetAsideNotice.Entry(
                      QueueId.parse("0123456789abcdef-2b"),
                      "john@example.org",
                      "a@in.test: 550 no\nb@in.test: 550 " + "long ".repeat(200))),
              75,
              Instant.parse("2026-11-22T05:00:00Z"))
          .compose(
              new OwnMail("gate.test"),
              QueueId.parse("0123456789abcdef-2a"),
              "admin@in.test",
              Instant.parse("2026-11-22T05:05:00Z")));

  /** A message that a report is about. */
  record Message(String sender, String octets) {}

  private final Supplier<byte[]> octets;

  Reports(Supplier<byte[]> octets) {
    this.octets = octets;
  }

  byte[] octets() {
    return octets.get();
  }

  String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".eml";
  }

  static Message small() {
    return new Message(
        "john@example.org",
        "Received: from a.test by gate.test; now\r\nMessage-ID: <1.a@example.org>\r\n"
            + "From: john@example.org\r\nSubject: hello\r\n\r\nHello\r\n");
  }

  private static String hugeHeader() {
    StringBuilder header = new StringBuilder("Subject: huge\r\n");
    for (int i = 0; i < 3_000; i++) {
      header.append("X-Trace-").append(i).append(": ").append("some text").append("\r\n");
    }
    return header.append("\r\n").append("Text\r\n".repeat(3_000)).toString();
  }

  private static Failure unknown(String recipient) {
    return Failure.refused(recipient, "mail.in.test:25", "550 5.1.1 User unknown");
  }

  private static Failure[] many(int count) {
    List<Failure> failures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      failures.add(unknown("user" + i + "@in.test"));
    }
    return failures.toArray(Failure[]::new);
  }

  private static byte[] failed(String to, Message message, Failure... failures) {
    return report(to, new DeliveryReport.Kind.Failed(), message, failures);
  }

  static byte[] report(String to, DeliveryReport.Kind kind, Message message, Failure... failures) {
    byte[] octets = message.octets().getBytes(StandardCharsets.ISO_8859_1);
    return DeliveryReport.compose(
        new OwnMail("gate.test"),
        QueueId.parse("0123456789abcdef-2a-b7"),
        to,
        kind,
        new DeliveryReport.About(
            QueueId.parse("0123456789abcdef-2a"),
            message.sender(),
            Instant.parse("2026-11-22T05:00:00Z"),
            OriginalHeader.of(octets),
            Original.of(octets)),
        List.of(failures),
        Instant.parse("2026-11-22T05:05:07Z"));
  }
}
