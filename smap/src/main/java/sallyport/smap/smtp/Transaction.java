package sallyport.smap.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * One mail transaction as the client declared it.
 *
 * @param greeting the HELO or EHLO under which it was opened
 * @param sender from MAIL
 * @param body from the BODY parameter of MAIL
 * @param declaredOctets from the SIZE parameter of MAIL, a claim and no more
 * @param recipients from RCPT, in order, none twice
 */
public record Transaction(
    Greeting greeting,
    Sender sender,
    BodyType body,
    OptionalLong declaredOctets,
    List<Recipient> recipients) {

  /** Copies the list. */
  public Transaction {
    recipients = List.copyOf(recipients);
  }

  Transaction plus(Recipient recipient) {
    List<Recipient> more = new ArrayList<>(recipients);
    more.add(recipient);
    return new Transaction(greeting, sender, body, declaredOctets, more);
  }
}
