package sallyport.smapd;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.daemon.tls.TlsFacts;
import sallyport.spool.BodyType;
import sallyport.spool.Envelope;
import sallyport.spool.Outcome;
import sallyport.spool.QueuedMessage;

/**
 * One message for some recipients at one hub.
 *
 * @param sender the reverse path without brackets; empty for the null sender
 * @param recipients the forward paths without brackets
 * @param body what the client said about the body
 * @param size octets of the message
 * @param octets the message itself
 */
record Handover(String sender, List<String> recipients, BodyType body, long size, Octets octets) {

  Handover {
    recipients = List.copyOf(recipients);
  }

  /** A message as it lies in the spool. */
  static Handover of(QueuedMessage message, List<String> recipients) {
    Envelope envelope = message.envelope();
    return new Handover(
        envelope.sender(), recipients, envelope.body(), message.size(), message::streamBody);
  }

  /**
   * A message on its way out, with its sender's addresses cut.
   *
   * @throws IOException when its header cannot be read
   */
  static Handover of(QueuedMessage message, List<String> recipients, SenderShortener shortener)
      throws IOException {
    if (shortener.isOff()) {
      return of(message, recipients);
    }
    Envelope envelope = message.envelope();
    byte[] header = message.header(HeaderCheck.MAX_HEADER_OCTETS + 1);
    byte[] shortened = shortener.shorten(header);
    return new Handover(
        shortener.shorten(envelope.sender()),
        recipients,
        envelope.body(),
        message.size() - header.length + shortened.length,
        out -> message.streamBody(out, shortened));
  }

  /** Which message is next at the same agent. */
  interface Behind {
    /** There is none. */
    Behind NOTHING = Optional::empty;

    /**
     * Takes the next one into the hands of this thread, which delivers it in any case as soon as it
     * is done with the message before. Asked once at most, and never throws for what is wrong with
     * the next one.
     */
    Optional<Handover> take();
  }

  /** Writes a message, from its first to its last octet. */
  interface Octets {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Who it was of a destination's hubs that answered.
   *
   * @param host its name, or its address if the table has none; empty for a program of this host
   * @param text as the log shows it, {@code host[address]:port}
   * @param tls what was agreed on with it; empty without TLS
   */
  record Peer(String host, String text, Optional<TlsFacts> tls) {
    /** One without TLS. */
    Peer(String host, String text) {
      this(host, text, Optional.empty());
    }
  }

  /** What came of it. */
  sealed interface Result {
    /** The hub was reached; there is an outcome for each recipient. */
    record Answered(Peer by, Map<String, Outcome> outcomes) implements Result {}

    /** There is no connection to the hub; nothing was handed over. */
    record Unreachable(String reason) implements Result {}

    /** The hub is this gateway itself; nothing was handed over. */
    record Loop(String greeting) implements Result {}

    /**
     * The message could not be read or must not be sent on. The connection was dropped before the
     * final dot, so the hub has nothing of it.
     */
    record Unreadable(IOException cause) implements Result {}
  }
}
