package sallyport.smapd;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sallyport.spool.Outcome;

/**
 * What is said about one message on an open connection: MAIL, RCPT, DATA, the message, and what
 * became of each recipient.
 *
 * <p>Where the hub offers PIPELINING, envelope and DATA leave together (RFC 2920, 3.1), at most
 * {@link #GROUP} octets before the replies to them are read, so that neither side ever waits for
 * the other with full buffers. A hub that then answers DATA with 354 although it took no recipient
 * gets the final dot alone. An envelope that is no larger may be {@linkplain #begin begun} by the
 * dialogue before: then it leaves together with the final dot of that.
 *
 * <p>Used once, by one thread.
 */
final class MessageDialogue {

  /** Octets of commands that leave before their replies are read. */
  static final int GROUP = 4_096;

  private static final int CLOSING = 421;
  private static final int GO_ON = 354;

  private final BoundedSocket hub;
  private final HubTimes times;
  private final Handover handover;
  private final String parameters;

  private boolean begun;

  private @Nullable HubReply mail;
  private final List<HubReply> recipients = new ArrayList<>();
  private @Nullable HubReply data;
  private @Nullable HubReply end;
  private @Nullable IOException unreadable;

  /**
   * One that has said nothing.
   *
   * @param parameters what follows the sender in MAIL
   */
  MessageDialogue(BoundedSocket hub, HubTimes times, Handover handover, String parameters) {
    this.hub = hub;
    this.times = times;
    this.handover = handover;
    this.parameters = parameters;
  }

  /** What may be collected, to leave with a final dot; called when that is about to leave. */
  interface Next {
    void collect() throws IOException;
  }

  /**
   * Collects envelope and DATA, for a hub that offers PIPELINING, to leave with the final dot of
   * the dialogue before. {@link #run} goes on with the replies.
   *
   * @return false, with nothing done, if that is more than {@link #GROUP} octets
   */
  boolean begin() throws IOException {
    List<String> commands = new ArrayList<>();
    commands.add(mailCommand());
    handover.recipients().forEach(to -> commands.add(recipientCommand(to)));
    commands.add("DATA");
    if (commands.stream().mapToInt(String::length).sum() > GROUP) {
      return false;
    }
    for (String command : commands) {
      hub.collect(command);
    }
    begun = true;
    return true;
  }

  /** What it hands over. */
  Handover handover() {
    return handover;
  }

  /**
   * Hands the message over.
   *
   * @param next may collect what leaves with the final dot
   * @throws IOException when the connection can be used no more; {@link #outcomes} has what was
   *     decided until then
   */
  void run(boolean pipelining, Next next) throws IOException {
    if (begun) {
      readReplies();
    } else {
      ask(pipelining);
    }
    HubReply answer = data;
    if (answer != null && answer.code() == GO_ON) {
      if (isAnyTaken()) {
        sendMessage(next);
      } else {
        hub.collect(".");
        answer(times.end());
      }
    } else if (answer != null && answer.code() < 400) {
      throw new ProtocolException("the hub does not speak SMTP");
    } else if (isMailTaken()) {
      hub.collect("RSET");
      if (!answer(times.command()).isPositive()) {
        throw new ProtocolException("the hub refuses RSET");
      }
    }
  }

  private void ask(boolean pipelining) throws IOException {
    int group = pipelining ? GROUP : 0;
    List<String> names = handover.recipients();
    hub.beginExchange(times.command());
    hub.collect(mailCommand());
    for (int i = 0; i < names.size(); i++) {
      if (hub.collected() > group) {
        readReplies(i);
        if (!isMailTaken()) {
          return;
        }
      }
      hub.collect(recipientCommand(names.get(i)));
    }
    if (!pipelining) {
      readReplies(names.size());
      if (!isAnyTaken()) {
        return;
      }
    }
    hub.collect("DATA");
    readReplies();
  }

  private String mailCommand() {
    String more = parameters.isEmpty() ? "" : " " + parameters;
    return "MAIL FROM:<" + handover.sender() + ">" + more;
  }

  private static String recipientCommand(String recipient) {
    return "RCPT TO:<" + recipient + ">";
  }

  /** Reads all that is left to be answered up to DATA. */
  private void readReplies() throws IOException {
    readReplies(handover.recipients().size());
    data = reply();
    goOnAfter(data);
  }

  /** Reads the replies to MAIL and to so many recipients. */
  private void readReplies(int upTo) throws IOException {
    if (mail == null) {
      mail = reply();
      goOnAfter(mail);
    }
    while (recipients.size() < upTo) {
      HubReply next = reply();
      recipients.add(next);
      goOnAfter(next);
    }
  }

  private boolean isMailTaken() {
    return mail != null && mail.isPositive();
  }

  private boolean isAnyTaken() {
    return isMailTaken() && recipients.stream().anyMatch(HubReply::isPositive);
  }

  private HubReply reply() throws IOException {
    hub.allow(times.command());
    return hub.reply();
  }

  /** An exchange of its own. */
  private HubReply answer(Duration bound) throws IOException {
    hub.beginExchange(bound);
    HubReply reply = hub.reply();
    goOnAfter(reply);
    return reply;
  }

  private static void goOnAfter(HubReply reply) throws EOFException {
    if (reply.code() == CLOSING) {
      throw new EOFException(reply.text());
    }
  }

  private void sendMessage(Next next) throws IOException {
    hub.beginExchange(times.forData(handover.size()));
    OutputStream out = hub.getOutputStream();
    DotStuffing stuffed = new DotStuffing(out);
    Checked checked = new Checked(stuffed);
    try {
      handover.octets().writeTo(checked);
      checked.finish();
    } catch (IOException e) {
      if (!checked.failed()) {
        unreadable = e;
      }
      throw e;
    }
    stuffed.finish();
    hub.collect(".");
    next.collect();
    out.flush();
    hub.allow(times.end());
    end = hub.reply();
    goOnAfter(end);
  }

  /** Why the message could not be read; null if that is not what went wrong. */
  @Nullable IOException unreadable() {
    return unreadable;
  }

  /** Whether it got no further than a MAIL that the hub never answered as such. */
  boolean endedBeforeMail() {
    return mail == null || mail.code() == CLOSING;
  }

  /**
   * What became of each recipient.
   *
   * @param trouble why the connection broke, if it did
   */
  Map<String, Outcome> outcomes(String trouble) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    List<String> names = handover.recipients();
    for (int i = 0; i < names.size(); i++) {
      outcomes.put(names.get(i), outcome(i, trouble));
    }
    return outcomes;
  }

  /** Decided by the last reply that concerns the recipient; undecided if that is a yes so far. */
  private Outcome outcome(int index, String trouble) {
    HubReply own = index < recipients.size() ? recipients.get(index) : null;
    for (HubReply reply : new @Nullable HubReply[] {mail, own}) {
      if (reply != null && !reply.isPositive()) {
        return refused(reply);
      }
    }
    if (data != null && data.code() != GO_ON) {
      return refused(data);
    }
    if (end == null) {
      return new Outcome.Deferred(trouble.isEmpty() ? "no final reply" : trouble);
    }
    return end.isPositive() ? new Outcome.Delivered(end.text()) : refused(end);
  }

  private static Outcome refused(HubReply reply) {
    return reply.isPermanent()
        ? new Outcome.Failed(reply.text())
        : new Outcome.Deferred(reply.text());
  }
}
