package sallyport.smap.smtp;

/** The reverse path of a message. */
public sealed interface Sender {

  /** The text for an envelope, without angle brackets; empty for the null sender. */
  String text();

  /** {@code MAIL FROM:<>}: a bounce or another notification that must never be answered. */
  record Null() implements Sender {
    @Override
    public String text() {
      return "";
    }
  }

  /** A sender that has an address. */
  record From(Mailbox mailbox) implements Sender {
    @Override
    public String text() {
      return mailbox.text();
    }
  }
}
