package sallyport.smap.smtp;

/** The forward path of a message. */
public sealed interface Recipient {

  /** The text for an envelope, without angle brackets. */
  String text();

  /** {@code RCPT TO:<postmaster>}, without a domain: always accepted, RFC 5321 section 4.5.1. */
  record Postmaster() implements Recipient {
    @Override
    public String text() {
      return "postmaster";
    }
  }

  /** A recipient that has an address. */
  record To(Mailbox mailbox) implements Recipient {
    @Override
    public String text() {
      return mailbox.text();
    }
  }
}
