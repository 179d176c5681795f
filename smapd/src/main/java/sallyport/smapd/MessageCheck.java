package sallyport.smapd;

import java.io.IOException;
import java.util.Optional;
import sallyport.spool.Envelope;
import sallyport.spool.QueuedMessage;

/** All that is asked of a message before an attempt: its sender and its header. */
final class MessageCheck {

  private MessageCheck() {}

  /**
   * Judges a message.
   *
   * @return with an action that may be carried out as it stands
   * @throws IOException when the header cannot be read
   */
  static Verdict judge(QueuedMessage message, HeaderPolicy policy) throws IOException {
    Envelope envelope = message.envelope();
    Optional<HeaderFault> fault = EnvelopeCheck.faultOfSender(envelope.sender());
    if (fault.isPresent()) {
      Verdict verdict =
          Verdict.Refused.of(
              fault.get(),
              policy.actionFor(fault.get()),
              "sender is no address that may be handed on");
      if (verdict instanceof Verdict.Refused refused) {
        // A bounce would go to this very sender.
        return refused.withoutBounce();
      }
    }
    byte[] header = message.header(HeaderCheck.MAX_HEADER_OCTETS + 1);
    return policy.forClient(HeaderCheck.judge(header, policy), envelope.clientAddress());
  }
}
