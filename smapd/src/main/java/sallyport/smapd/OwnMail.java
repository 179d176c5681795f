package sallyport.smapd;

import java.time.Instant;
import java.util.List;
import sallyport.spool.BodyType;
import sallyport.spool.Envelope;
import sallyport.spool.QueueId;

/**
 * What all mail of smapd's own has: the null sender, one recipient, and a header that keeps
 * programs from answering (RFC 3834 section 5).
 *
 * @param hostname our own name
 */
record OwnMail(String hostname) {

  private static final String NO_CLIENT = "127.0.0.1";

  /**
   * An envelope with the null sender.
   *
   * @param recipient the forward path without brackets
   */
  Envelope envelope(QueueId id, String recipient, Instant now) {
    return new Envelope(
        id, "", List.of(recipient), NO_CLIENT, hostname, hostname, "", "", now, BodyType.SEVEN_BIT);
  }

  /** The first fields of the header; others, and the empty line, are the caller's. */
  MailText header(QueueId id, String recipient, String subject, Instant now) {
    return new MailText()
        .line("Date: " + MailText.date(now))
        .line("From: Mail Delivery System <MAILER-DAEMON@" + hostname + ">")
        .line("To: <" + qualified(recipient) + ">")
        .field("Subject", subject)
        .line("Message-ID: <" + id + "@" + hostname + ">")
        .line("Auto-Submitted: auto-replied")
        .line("MIME-Version: 1.0");
  }

  /** A bare {@code postmaster} is an address in SMTP only; in a header it needs a domain. */
  private String qualified(String recipient) {
    return recipient.indexOf('@') < 0 ? recipient + "@" + hostname : recipient;
  }
}
