package sallyport.smapd;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Watchdog;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.daemon.tls.TlsStreams;
import sallyport.spool.BodyType;
import sallyport.spool.Outcome;

/**
 * One SMTP connection to a hub: Angus opens it, asks what the hub offers, and ends it; {@link
 * BoundedSocket} lies below.
 *
 * <p>A message is handed over by {@link MessageDialogue}. Angus could, too, but with four waits a
 * message instead of two, since it does not pipeline, and its lists of addresses file 552 among
 * those that may be tried again, and lose what was known when a connection breaks.
 *
 * <p>Owned by one worker at a time; {@link #cut} may be called by any thread.
 */
final class HubTransport extends SMTPTransport {

  /** A hub that takes longer to answer a final dot gets nothing behind it: that would wait, too. */
  static final Duration QUICK = Duration.ofMillis(20);

  private static final int READY = 220;
  private static final int CLOSING = 421;

  private static final Pattern ANNOUNCED_SIZE = Pattern.compile("0{0,9}[1-9][0-9]{0,17}");

  private final BoundedSocket socket;
  private Handover.Peer peer;
  private final HubTimes times;
  private final LongSupplier nanoTime;

  private long mostOctets = Long.MAX_VALUE;
  private boolean takesSize;
  private boolean takesEightBit;
  private boolean pipelining;

  private @Nullable MessageDialogue begun;

  /** Whether the last final dot was answered within {@link #QUICK}. */
  private boolean quick;

  private long dotLeft;

  private @Nullable HubReply greeting;
  private @Nullable HubReply hello;
  private boolean endedBeforeMail;

  /**
   * A transport on a connected socket; nothing is said yet.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  HubTransport(
      Session session,
      BoundedSocket socket,
      Handover.Peer peer,
      HubTimes times,
      LongSupplier nanoTime) {
    super(session, null);
    this.nanoTime = nanoTime;
    this.socket = socket;
    this.peer = peer;
    this.times = times;
  }

  /** The properties that Angus needs; everything else about a connection is in this class. */
  static Session session(String hostname, HubTimes times) {
    Properties properties = new Properties();
    // Without it Angus asks the system for the local host's name.
    properties.setProperty("mail.smtp.localhost", hostname);
    properties.setProperty("mail.smtp.quitwait", "false");
    // These hold for sockets that Angus opens itself, which it does not do here: a second line.
    properties.setProperty("mail.smtp.connectiontimeout", millis(times.connect()));
    properties.setProperty("mail.smtp.timeout", millis(times.command()));
    properties.setProperty("mail.smtp.writetimeout", millis(times.command()));
    return Session.getInstance(properties);
  }

  /** Loads what a connection needs, before the root folder changes; connects to nothing. */
  static void rehearse(Session session, Watchdog watchdog) throws IOException {
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (BoundedSocket socket = new BoundedSocket(nobody, watchdog)) {
      Handover.Peer nobodysName = new Handover.Peer("", "");
      new HubTransport(session, socket, nobodysName, HubTimes.DEFAULT, System::nanoTime).cut();
    }
  }

  private static String millis(Duration time) {
    return Long.toString(time.toMillis());
  }

  /**
   * Reads the greeting and says EHLO, or HELO if the hub does not know that; with TLS as it is
   * wanted. Behind STARTTLS EHLO is said again, and nothing that was learned before counts.
   *
   * @param tls empty for none
   * @throws TlsFailedException if the handshake fails, or TLS is a must and the hub has none
   */
  void open(Optional<ClientTls> tls, ClientTlsOptions.Start start)
      throws MessagingException, IOException {
    boolean fromTheStart = start == ClientTlsOptions.Start.TLS;
    if (tls.isPresent() && fromTheStart) {
      handshake(tls.get());
    }
    socket.allow(times.command());
    connect(socket);
    if (tls.isPresent() && !fromTheStart) {
      startTls(tls.get());
    }
    mostOctets = announcedSize();
    takesSize = supportsExtension("SIZE");
    takesEightBit = supportsExtension("8BITMIME");
    pipelining = supportsExtension("PIPELINING");
  }

  private synchronized void startTls(ClientTls tls) throws MessagingException, IOException {
    if (!supportsExtension("STARTTLS")) {
      goOnWithout(tls, "the hub does not offer STARTTLS");
      return;
    }
    socket.beginExchange(times.command());
    socket.collect("STARTTLS");
    HubReply reply = socket.reply();
    if (reply.code() == CLOSING) {
      throw new EOFException(reply.text());
    } else if (reply.code() != READY) {
      goOnWithout(tls, "the hub answers STARTTLS with " + reply.text());
      return;
    }
    handshake(tls);
    if (!ehlo(getLocalHost())) {
      throw new TlsFailedException("the hub refuses EHLO within TLS");
    }
  }

  private static void goOnWithout(ClientTls tls, String reason) throws TlsFailedException {
    if (tls.mode() != ClientTls.Mode.MAY) {
      throw new TlsFailedException("tls=" + tls.mode().word() + ", and " + reason);
    }
  }

  private void handshake(ClientTls tls) throws IOException {
    try {
      peer =
          new Handover.Peer(
              peer.host(),
              peer.text(),
              Optional.of(socket.startTls(tls, TlsStreams.HANDSHAKE_TIME)));
    } catch (BoundedSocket.InjectionException e) {
      throw e;
    } catch (IOException e) {
      throw new TlsFailedException("the TLS handshake failed: " + deepest(e));
    }
  }

  /** There is no TLS with this hub now. */
  static final class TlsFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    TlsFailedException(String reason) {
      super(reason);
    }
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
    return !socket.isStale();
  }

  /** Whether it was closed here. */
  boolean isClosed() {
    return socket.isClosed();
  }

  /** Whether the last message got no further than a MAIL that the hub never answered as such. */
  boolean endedBeforeMail() {
    return socket.isClosed() && endedBeforeMail;
  }

  /** Drops the connection without a word. */
  void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  /**
   * Hands over one message.
   *
   * @param behind asked for the next message where the hub offers PIPELINING and answered the last
   *     final dot within {@link #QUICK}: then its envelope leaves with the final dot of this one
   */
  Handover.Result send(Handover handover, Handover.Behind behind) {
    MessageDialogue there = begun;
    begun = null;
    endedBeforeMail = false;
    if (there != null) {
      return run(there, behind);
    }
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
    return run(dialogue(handover), behind);
  }

  /** The message whose envelope has left already: it must be the next that is sent. */
  Optional<Handover> begun() {
    return Optional.ofNullable(begun).map(MessageDialogue::handover);
  }

  /** Why the hub cannot be sent this message, by what it said about itself. */
  private Optional<String> obstacle(Handover handover) throws IOException {
    if (handover.size() > mostOctets) {
      return Optional.of(
          "5.3.4 the message has %d octets, and the hub takes %d"
              .formatted(handover.size(), mostOctets));
    }
    if (!takesEightBit && EightBit.isIn(handover.octets())) {
      return Optional.of("5.6.3 the message has 8-bit octets, and the hub does not offer 8BITMIME");
    }
    return Optional.empty();
  }

  /** The hub's bound for a message (RFC 1870), if it names one that is a number but 0. */
  private long announcedSize() {
    String announced = getExtensionParameter("SIZE");
    boolean isBound = announced != null && ANNOUNCED_SIZE.matcher(announced).matches();
    return isBound ? Long.parseLong(announced) : Long.MAX_VALUE;
  }

  private Handover.Result run(MessageDialogue dialogue, Handover.Behind behind) {
    String trouble = "";
    boolean usable = false;
    try {
      dialogue.run(pipelining, () -> beginNext(behind));
      quick = nanoTime.getAsLong() - dotLeft <= QUICK.toNanos();
      usable = true;
    } catch (IOException e) {
      trouble = HubReply.clean(deepest(e));
    } finally {
      endedBeforeMail = dialogue.endedBeforeMail();
      if (!usable) {
        begun = null;
        cut();
      }
    }
    IOException unreadable = dialogue.unreadable();
    return unreadable == null
        ? new Handover.Result.Answered(peer, dialogue.outcomes(trouble))
        : new Handover.Result.Unreadable(unreadable);
  }

  private void beginNext(Handover.Behind behind) throws IOException {
    Optional<Handover> next = pipelining && quick ? behind.take() : Optional.empty();
    if (next.isPresent() && isUnhindered(next.get())) {
      MessageDialogue dialogue = dialogue(next.get());
      if (dialogue.begin()) {
        begun = dialogue;
      }
    }
    dotLeft = nanoTime.getAsLong();
  }

  /** Otherwise it is told when it is sent. */
  private boolean isUnhindered(Handover handover) {
    try {
      return obstacle(handover).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private MessageDialogue dialogue(Handover handover) {
    return new MessageDialogue(socket, times, handover, mailParameters(handover));
  }

  private String mailParameters(Handover handover) {
    StringBuilder parameters = new StringBuilder();
    if (takesSize) {
      parameters.append("SIZE=").append(handover.size());
    }
    if (handover.body() == BodyType.EIGHT_BIT && takesEightBit) {
      parameters.append(parameters.isEmpty() ? "" : " ").append("BODY=8BITMIME");
    }
    return parameters.toString();
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

  @Override
  protected void sendCommand(String command) throws MessagingException {
    try {
      socket.beginExchange(command.equals("QUIT") ? HubTimes.QUIT : times.command());
    } catch (IOException e) {
      throw new MessagingException("out of step", e);
    }
    super.sendCommand(command);
    if (command.equals("QUIT")) {
      socket.endTls();
    }
  }

  @Override
  protected int readServerResponse() throws MessagingException {
    int code = super.readServerResponse();
    if (code < 0) {
      throw new MessagingException("lost", new EOFException("the hub closed the connection"));
    }
    HubReply reply = HubReply.of(code, getLastServerResponse());
    if (greeting == null) {
      greeting = reply;
    } else {
      hello = reply;
    }
    if (code == CLOSING) {
      // Angus would go on with HELO.
      throw new MessagingException("closing", new EOFException(reply.text()));
    }
    return code;
  }
}
