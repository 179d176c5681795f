package sallyport.smapd;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import sallyport.spool.BodyType;
import sallyport.spool.Outcome;

/**
 * One SMTP connection to a hub: Angus for the dialogue, {@link BoundedSocket} below it.
 *
 * <p>What became of each recipient is taken from the replies themselves, as they are read, and not
 * from Angus's lists of addresses: those file 552 among addresses that may be tried again, and lose
 * what was known when a connection breaks.
 *
 * <p>Owned by one worker at a time; {@link #cut} may be called by any thread.
 */
final class HubTransport extends SMTPTransport {

  /** What the last command was, and so what a reply answers. */
  private enum Step {
    GREETING,
    HELLO,
    MAIL,
    RECIPIENT,
    DATA,
    END,
    QUIT,
    OTHER;

    static Step of(String command) {
      int blank = command.indexOf(' ');
      String verb = blank < 0 ? command : command.substring(0, blank);
      return switch (verb.toUpperCase(Locale.ROOT)) {
        case "EHLO", "HELO" -> HELLO;
        case "MAIL" -> MAIL;
        case "RCPT" -> RECIPIENT;
        case "DATA" -> DATA;
        case "." -> END;
        case "QUIT" -> QUIT;
        default -> OTHER;
      };
    }
  }

  private static final int CLOSING = 421;

  private static final Pattern ANNOUNCED_SIZE = Pattern.compile("0{0,9}[1-9][0-9]{0,17}");

  private final BoundedSocket socket;
  private final Handover.Peer peer;
  private final HubTimes times;
  private long size;
  private DotStuffing body = new DotStuffing(OutputStream.nullOutputStream());

  private Step step = Step.GREETING;
  private @Nullable HubReply greeting;
  private @Nullable HubReply hello;
  private @Nullable HubReply mail;
  private final List<HubReply> recipients = new ArrayList<>();
  private @Nullable HubReply data;
  private @Nullable HubReply end;

  /** A transport on a connected socket; nothing is said yet. */
  HubTransport(Session session, BoundedSocket socket, Handover.Peer peer, HubTimes times) {
    super(session, null);
    this.socket = socket;
    this.peer = peer;
    this.times = times;
  }

  /** The properties that Angus needs; everything else about a connection is in this class. */
  static Session session(String hostname, HubTimes times) {
    Properties properties = new Properties();
    // Without it Angus asks the system for the local host's name.
    properties.setProperty("mail.smtp.localhost", hostname);
    properties.setProperty("mail.smtp.sendpartial", "true");
    properties.setProperty("mail.smtp.quitwait", "false");
    // These hold for sockets that Angus opens itself, which it does not do here: a second line.
    properties.setProperty("mail.smtp.connectiontimeout", millis(times.connect()));
    properties.setProperty("mail.smtp.timeout", millis(times.command()));
    properties.setProperty("mail.smtp.writetimeout", millis(times.command()));
    return Session.getInstance(properties);
  }

  private static String millis(Duration time) {
    return Long.toString(time.toMillis());
  }

  /** Reads the greeting and says EHLO, or HELO if the hub does not know that. */
  void open() throws MessagingException {
    socket.allow(times.command());
    connect(socket);
  }

  /** What the hub said first; null if it said nothing. */
  @Nullable HubReply greeting() {
    return greeting;
  }

  /** What the hub answered to EHLO or HELO; null if it did not. */
  @Nullable HubReply hello() {
    return hello;
  }

  /** Whether the connection may be used for another message. No round trip. */
  boolean isUsable() {
    return !socket.isClosed() && !socket.isStale();
  }

  /** Whether the last message got no further than a MAIL that the hub never answered as such. */
  boolean endedBeforeMail() {
    return socket.isClosed() && (mail == null || mail.code() == CLOSING);
  }

  /** Drops the connection without a word. */
  void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  /** Hands over one message. */
  Handover.Result send(Handover handover) {
    mail = null;
    recipients.clear();
    data = null;
    end = null;
    size = handover.size();
    try {
      Optional<String> obstacle = obstacle(handover);
      if (obstacle.isPresent()) {
        Outcome failed = new Outcome.Failed(obstacle.get());
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        handover.recipients().forEach(recipient -> outcomes.put(recipient, failed));
        return new Handover.Result.Answered(peer, outcomes);
      }
    } catch (IOException e) {
      return new Handover.Result.Unreadable(e);
    }
    return sendUnhindered(handover);
  }

  /** Why the hub cannot be sent this message, by what it said about itself. */
  private Optional<String> obstacle(Handover handover) throws IOException {
    long most = mostOctets();
    if (handover.size() > most) {
      return Optional.of(
          "5.3.4 the message has %d octets, and the hub takes %d".formatted(handover.size(), most));
    }
    if (!supportsExtension("8BITMIME") && EightBit.isIn(handover.octets())) {
      return Optional.of("5.6.3 the message has 8-bit octets, and the hub does not offer 8BITMIME");
    }
    return Optional.empty();
  }

  /** The hub's bound for a message (RFC 1870), if it names one that is a number but 0. */
  private long mostOctets() {
    String announced = getExtensionParameter("SIZE");
    boolean isBound = announced != null && ANNOUNCED_SIZE.matcher(announced).matches();
    return isBound ? Long.parseLong(announced) : Long.MAX_VALUE;
  }

  private Handover.Result sendUnhindered(Handover handover) {
    SpooledMessage message =
        new SpooledMessage(session, handover, mailParameters(handover), this::cut);
    String trouble = "";
    try {
      sendMessage(message, addresses(handover.recipients()));
    } catch (MessagingException e) {
      trouble = HubReply.clean(deepest(e));
    } catch (RuntimeException | Error e) {
      cut();
      throw e;
    }
    IOException unreadable = message.spoolFailure();
    if (unreadable != null) {
      cut();
      return new Handover.Result.Unreadable(unreadable);
    }
    return new Handover.Result.Answered(peer, outcomes(handover.recipients(), trouble));
  }

  private String mailParameters(Handover handover) {
    StringBuilder parameters = new StringBuilder();
    if (supportsExtension("SIZE")) {
      parameters.append("SIZE=").append(handover.size());
    }
    if (handover.body() == BodyType.EIGHT_BIT && supportsExtension("8BITMIME")) {
      parameters.append(parameters.isEmpty() ? "" : " ").append("BODY=8BITMIME");
    }
    return parameters.toString();
  }

  /** With brackets, so that Angus neither adds them by guess nor takes one for a group. */
  private static Address[] addresses(List<String> recipients) {
    return recipients.stream()
        .map(recipient -> {
          InternetAddress address = new InternetAddress();
          address.setAddress("<" + recipient + ">");
          return address;
        })
        .toArray(Address[]::new);
  }

  /** What is at the bottom of a failure: Angus wraps, and its own words say less. */
  static String deepest(Exception failure) {
    Throwable cause = failure;
    while (cause instanceof MessagingException outer && outer.getNextException() != null) {
      cause = outer.getNextException();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private Map<String, Outcome> outcomes(List<String> names, String trouble) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
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
    if (data != null && data.code() != 354) {
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

  @Override
  protected void sendCommand(String command) throws MessagingException {
    step = Step.of(command);
    try {
      socket.beginExchange(
          switch (step) {
            case END -> times.end();
            case QUIT -> HubTimes.QUIT;
            case GREETING, HELLO, MAIL, RECIPIENT, DATA, OTHER -> times.command();
          });
    } catch (IOException e) {
      throw new MessagingException("out of step", e);
    }
    super.sendCommand(command);
  }

  /** The message goes past Angus's stream, which will see none of it and send the final dot. */
  @Override
  protected OutputStream data() throws MessagingException {
    super.data();
    socket.allow(times.forData(size));
    body = new DotStuffing(socket.getOutputStream());
    return body;
  }

  @Override
  protected void finishData() throws IOException, MessagingException {
    body.finish();
    super.finishData();
  }

  @Override
  protected int readServerResponse() throws MessagingException {
    int code = super.readServerResponse();
    if (code < 0) {
      throw new MessagingException("lost", new EOFException("the hub closed the connection"));
    }
    HubReply reply = HubReply.of(code, getLastServerResponse());
    switch (step) {
      case GREETING -> greeting = reply;
      case HELLO -> hello = reply;
      case MAIL -> mail = reply;
      case RECIPIENT -> recipients.add(reply);
      case DATA -> data = reply;
      case END -> end = reply;
      case QUIT, OTHER -> {}
    }
    if (code == CLOSING) {
      // Angus would go on with RSET or the next recipient.
      throw new MessagingException("closing", new EOFException(reply.text()));
    }
    return code;
  }
}
