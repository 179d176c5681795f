package sallyport.smapd;

import jakarta.mail.Session;
import java.io.IOException;
import java.io.OutputStream;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.jspecify.annotations.Nullable;

/**
 * A message as Angus wants it, whose octets come from the spool as they are. Angus never sees a
 * header or a body, so it can change none.
 */
final class SpooledMessage extends SMTPMessage {

  private final Handover handover;
  private final Runnable cut;
  private @Nullable IOException spoolFailure;

  /**
   * A message to send.
   *
   * @param mailParameters what follows the sender in the MAIL command
   * @param cut drops the connection
   */
  SpooledMessage(Session session, Handover handover, String mailParameters, Runnable cut) {
    super(session);
    this.handover = handover;
    this.cut = cut;
    // An empty sender would make Angus take one from the header; the null sender is "<>".
    setEnvelopeFrom("<" + handover.sender() + ">");
    setMailExtension(mailParameters);
    setSendPartial(true);
  }

  /** Why the message could not be read; null if that is not what went wrong. */
  @Nullable IOException spoolFailure() {
    return spoolFailure;
  }

  @Override
  public void writeTo(OutputStream out, String @Nullable [] ignoredHeaders) throws IOException {
    Checked hub = new Checked(out);
    try {
      handover.octets().writeTo(hub);
      hub.finish();
    } catch (IOException e) {
      if (!hub.failed()) {
        spoolFailure = e;
      }
      throw e;
    } catch (RuntimeException | Error e) {
      // Angus drops the connection for an IOException only; for anything else it would go on
      // with the next command in the middle of the message.
      cut.run();
      throw e;
    }
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    writeTo(out, null);
  }
}
