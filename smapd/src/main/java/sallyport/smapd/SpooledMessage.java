package sallyport.smapd;

import jakarta.mail.Session;
import java.io.FilterOutputStream;
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

  /** The message has octets that no mail system may be sent. */
  static final class UncleanException extends IOException {
    private static final long serialVersionUID = 1L;

    UncleanException(String message) {
      super(message);
    }
  }

  /**
   * Lets nothing through but CR LF line ends, and no zero octet. smap sees to that; a captured smap
   * may not, and Angus would turn a bare CR or LF into a line end, so that others would read
   * another message than was checked.
   */
  static final class Checked extends FilterOutputStream {
    private byte last;
    private boolean failed;

    Checked(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      byte before = last;
      for (int i = offset; i < offset + length; i++) {
        byte octet = octets[i];
        if (octet == 0) {
          throw new UncleanException("zero octet in the message");
        }
        if ((octet == '\n') != (before == '\r')) {
          throw new UncleanException("line end in the message that is not CR LF");
        }
        before = octet;
      }
      last = before;
      try {
        passOn(octets, offset, length);
      } catch (IOException | RuntimeException e) {
        failed = true;
        throw e;
      }
    }

    /**
     * Angus remembers the last octet of a piece as a signed byte, and takes 0xFF (-1) for "nothing
     * written yet": a dot that begins the next piece would be doubled. Written as a single octet it
     * is remembered as 255.
     */
    private void passOn(byte[] octets, int offset, int length) throws IOException {
      boolean trap = length > 0 && last == (byte) 0xff;
      out.write(octets, offset, trap ? length - 1 : length);
      if (trap) {
        out.write(0xff);
      }
    }

    /** Whether it was the other side that did not take the octets. */
    boolean failed() {
      return failed;
    }

    void finish() throws UncleanException {
      if (last == '\r') {
        throw new UncleanException("line end in the message that is not CR LF");
      }
    }
  }
}
