package sallyport.smapd;

import java.time.Instant;
import java.util.List;
import sallyport.spool.QueueId;

/**
 * The notice to {@code badadmin} on a burst of messages that were set aside. Pure.
 *
 * @param entries the first of them, at least one; no more than {@link #ENTRIES} are named
 * @param count how many there are in all
 * @param since when the first was set aside
 */
record SetAsideNotice(List<Entry> entries, long count, Instant since) {

  /** Messages that a notice names. */
  static final int ENTRIES = 50;

  /** A reason is cut behind so many characters; the whole stands beside the message. */
  static final int REASON = 400;

  /**
   * A message that was set aside.
   *
   * @param sender as in the envelope; empty for the null sender
   * @param reason why; may have several lines
   */
  record Entry(QueueId id, String sender, String reason) {}

  /** Copies what a notice can name. */
  SetAsideNotice {
    if (entries.isEmpty() || count < entries.size()) {
      throw new IllegalArgumentException(entries.size() + " of " + count);
    }
    entries = List.copyOf(entries.subList(0, Math.min(ENTRIES, entries.size())));
  }

  /** The whole message, 7-bit, each line with CR LF and of at most 998 octets. */
  byte[] compose(OwnMail mail, QueueId id, String to, Instant now) {
    String messages = count == 1 ? "1 message was" : count + " messages were";
    String subject = messages + " set aside on " + mail.hostname();
    MailText text = mail.header(id, to, subject, now);
    text.line("Content-Type: text/plain; charset=us-ascii").line();
    text.paragraph("This is the mail gateway " + mail.hostname() + ".").line();
    text.paragraph(
        messages
            + " set aside since "
            + MailText.date(since)
            + ". Nothing becomes of mail that is"
            + " set aside until you say what is to be done with it.");
    entries.forEach(entry -> name(text.line(), entry));
    if (count > entries.size()) {
      text.line().paragraph("and " + (count - entries.size()) + " more.");
    }
    text.line().line("To see them all:      smapq list --state set-aside");
    text.line("To look at one:       smapq show ID");
    return text.octets();
  }

  private static void name(MailText text, Entry entry) {
    text.line(entry.id().text());
    text.line("    from <" + entry.sender() + ">");
    String reason = entry.reason().strip().replace('\n', ' ');
    boolean cut = reason.length() > REASON;
    text.indented(cut ? reason.substring(0, REASON) + " ..." : reason);
  }
}
