package sallyport.smapd;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sallyport.spool.QueueId;

/**
 * Composes a delivery status notification: {@code multipart/report} (RFC 6522) of a text for
 * people, {@code message/delivery-status} for programs (RFC 3464), and the message or its header.
 * Pure: the same values give the same octets.
 *
 * <p>Hubs and senders are hostile. Their words stand only in lines that {@link MailText} makes, so
 * they can neither end a line nor begin a field, and the boundary is one that does not occur.
 */
final class DeliveryReport {

  /** The text for people names no more recipients; the part for programs names all. */
  static final int RECIPIENTS_IN_WORDS = 100;

  /** What a report says, and to whom. */
  sealed interface Kind {
    /** To the sender: these recipients are not tried again. */
    record Failed() implements Kind {}

    /** To the sender: they are tried until then. */
    record Delayed(Instant givenUp) implements Kind {}

    /** To the postmaster: they are not tried again, and no sender can be told. */
    record Undeliverable() implements Kind {}
  }

  /**
   * The message that a report is about.
   *
   * @param sender as in the envelope
   */
  record About(QueueId id, String sender, Instant arrival, OriginalHeader header, Original given) {}

  private static final Pattern HOST =
      Pattern.compile("([\\w.-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final String BOUNDARY = "sallyport-report-";

  private final OwnMail mail;
  private final QueueId id;
  private final Kind kind;
  private final About about;
  private final List<Failure> failures;
  private final Instant now;

  private DeliveryReport(
      OwnMail mail, QueueId id, Kind kind, About about, List<Failure> failures, Instant now) {
    this.mail = mail;
    this.id = id;
    this.kind = kind;
    this.about = about;
    this.failures = List.copyOf(failures);
    this.now = now;
  }

  /**
   * The whole message, 7-bit, each line with CR LF and of at most 998 octets.
   *
   * @param id of the report itself
   * @param to its recipient
   * @param failures at least one
   */
  static byte[] compose(
      OwnMail mail,
      QueueId id,
      String to,
      Kind kind,
      About about,
      List<Failure> failures,
      Instant now) {
    return new DeliveryReport(mail, id, kind, about, failures, now).message(to).octets();
  }

  private MailText message(String to) {
    String words = words();
    String status = status();
    String original = original();
    String boundary = boundary(words + status + original);
    MailText text = mail.header(id, to, subject(), now);
    if (!about.header().messageId().isEmpty()) {
      text.line("In-Reply-To: " + about.header().messageId());
      text.line("References: " + about.header().messageId());
    }
    text.line("Content-Type: multipart/report; report-type=delivery-status;");
    text.line(" boundary=\"" + boundary + "\"");
    text.line().line("This is a report in MIME format.").line();
    text.line("--" + boundary).lines(words).line();
    text.line("--" + boundary).lines(status).line();
    if (!original.isEmpty()) {
      text.line("--" + boundary).lines(original).line();
    }
    return text.line("--" + boundary + "--");
  }

  /** A boundary that is the beginning of no line in these parts. */
  private String boundary(String parts) {
    String boundary = BOUNDARY + id;
    for (int i = 1; parts.contains("--" + boundary); i++) {
      // Each round has to find another string in parts that end somewhere.
      boundary = BOUNDARY + id + "." + i;
    }
    return boundary;
  }

  private String subject() {
    return switch (kind) {
      case Kind.Failed _ -> "Your message could not be delivered";
      case Kind.Delayed _ -> "Your message is delayed, and still being tried";
      case Kind.Undeliverable _ -> "Postmaster: a message could neither be delivered nor returned";
    };
  }

  private String words() {
    MailText text = new MailText();
    text.line("Content-Type: text/plain; charset=us-ascii");
    text.line("Content-Description: What happened").line();
    text.paragraph("This is the mail gateway " + mail.hostname() + ".").line();
    text.paragraph(summary()).line();
    if (kind instanceof Kind.Undeliverable) {
      text.line("Its sender is <" + about.sender() + ">, its queue id " + about.id() + ".").line();
    }
    failures.stream().limit(RECIPIENTS_IN_WORDS).forEach(failure -> words(text, failure));
    int more = failures.size() - RECIPIENTS_IN_WORDS;
    if (more > 0) {
      text.paragraph("and " + more + " more, who are named in the part for programs.").line();
    }
    return text.paragraph(whatFollows()).toString();
  }

  private String summary() {
    String recipients =
        failures.size() == 1
            ? "the recipient named below"
            : "the " + failures.size() + " recipients named below";
    String others = " This does not concern any other recipients.";
    return switch (kind) {
      case Kind.Failed _ ->
          "Your message could not be delivered to "
              + recipients
              + ". It will not be tried again."
              + others;
      case Kind.Delayed delayed ->
          "Your message has not been delivered to "
              + recipients
              + " so far. You need not do anything: it will be tried until "
              + MailText.date(delayed.givenUp())
              + "."
              + others;
      case Kind.Undeliverable _ ->
          "A message could not be delivered to "
              + recipients
              + ", and it cannot be returned to its sender. It will not be tried again.";
    };
  }

  private static void words(MailText text, Failure failure) {
    text.line("  <" + failure.recipient() + ">");
    String reason = failure.diagnostic().isEmpty() ? "no reason given" : failure.diagnostic();
    if (failure.status().equals(EnhancedStatus.EXPIRED)) {
      text.indented("not reached in the time allowed; the last attempt ended with");
    }
    String who =
        failure.isSmtpReply() ? hostOf(failure.hub()).orElse("the mail server") + " said: " : "";
    text.indented(who + reason).line();
  }

  private String whatFollows() {
    String what =
        switch (about.given()) {
          case Original.Whole _ -> ", and the message.";
          case Original.Header header ->
              header.cut()
                  ? ", and the beginning of the message's header."
                  : ", and the message's header.";
          case Original.Unreadable _ -> ". The message itself cannot be read any more.";
        };
    return "Below is the same for programs" + what;
  }

  private String status() {
    MailText text = new MailText();
    text.line("Content-Type: message/delivery-status");
    text.line("Content-Description: The same for programs").line();
    text.line("Reporting-MTA: dns; " + mail.hostname());
    text.line("Arrival-Date: " + MailText.date(about.arrival()));
    text.line("X-Sallyport-Queue-Id: " + about.id());
    text.line("X-Sallyport-Sender: <" + about.sender() + ">");
    failures.forEach(failure -> status(text.line(), failure));
    return text.toString();
  }

  private void status(MailText text, Failure failure) {
    text.line("Final-Recipient: rfc822; " + failure.recipient());
    text.line("Action: " + (kind instanceof Kind.Delayed ? "delayed" : "failed"));
    text.line("Status: " + failure.status());
    if (failure.isSmtpReply()) {
      hostOf(failure.hub()).ifPresent(host -> text.line("Remote-MTA: dns; " + host));
      text.field("Diagnostic-Code", "smtp; " + failure.diagnostic());
    } else if (!failure.diagnostic().isEmpty()) {
      text.field("Diagnostic-Code", "x-sallyport; " + failure.diagnostic());
    }
    text.line("Last-Attempt-Date: " + MailText.date(now));
    if (kind instanceof Kind.Delayed delayed) {
      text.line("Will-Retry-Until: " + MailText.date(delayed.givenUp()));
    }
  }

  /**
   * Without the port, and an address literal in the brackets that RFC 5321 section 4.1.3 wants.
   * Empty if this does not name one host, as of several hubs that do the same.
   */
  private static Optional<String> hostOf(String hub) {
    Matcher matcher = HOST.matcher(hub);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String host = matcher.group(1);
    return Optional.of(IPV4.matcher(host).matches() ? "[" + host + "]" : host);
  }

  /** The third part; empty if there is none, which RFC 6522 section 3 allows. */
  private String original() {
    MailText text = new MailText();
    switch (about.given()) {
      case Original.Whole whole -> {
        text.line("Content-Type: message/rfc822");
        text.line("Content-Description: The message").line();
        text.lines(whole.text());
      }
      case Original.Header header -> {
        text.line("Content-Type: text/rfc822-headers");
        text.line("Content-Description: The message's header");
        if (header.quotedPrintable()) {
          text.line("Content-Transfer-Encoding: quoted-printable");
        }
        text.line().lines(header.text());
      }
      case Original.Unreadable _ -> {}
    }
    return text.toString();
  }
}
