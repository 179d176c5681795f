package sallyport.smapd;

import java.net.ProtocolException;

/**
 * The form and bounds of an SMTP reply, octet by octet.
 *
 * <pre>
 *   Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
 *                                                                        RFC 5321, 4.2
 * </pre>
 *
 * <p>Departure: a line may end with a bare LF. Anything else that is not of this form ends the
 * connection, as does a reply whose lines differ in their code: what it means for the message could
 * only be guessed.
 */
final class ReplyLimits {

  /** The most lines of one reply. */
  static final int LINES = 100;

  /** The longest line of a reply, with its line end. */
  static final int LINE_OCTETS = 1_000;

  private static final int CODE_DIGITS = 3;

  private boolean complete;
  private int lines;
  private int inLine;
  private int code;
  private int lineCode;
  private boolean last;
  private boolean carriageReturn;

  /** A reply is awaited: the greeting first, then one for each command. */
  void expectReply() throws ProtocolException {
    if (!complete && (lines > 0 || inLine > 0)) {
      throw new ProtocolException("the hub's reply before is not complete");
    }
    complete = false;
    lines = 0;
  }

  /** Whether the last line of the reply has ended. */
  boolean complete() {
    return complete;
  }

  /** The code of the reply, once it is complete. */
  int code() {
    return code;
  }

  /** Takes the next octet of the reply. */
  void accept(byte octet) throws ProtocolException {
    inLine++;
    if (inLine > LINE_OCTETS) {
      throw new ProtocolException("a line of the hub's reply is longer than " + LINE_OCTETS);
    }
    if (octet == '\n') {
      endLine();
    } else if (carriageReturn) {
      throw new ProtocolException("bare CR in the hub's reply");
    } else if (octet == '\r') {
      carriageReturn = true;
    } else if (inLine <= CODE_DIGITS) {
      acceptDigit(octet);
    } else if (inLine == CODE_DIGITS + 1) {
      acceptSeparator(octet);
    }
  }

  private void acceptDigit(byte octet) throws ProtocolException {
    boolean first = inLine == 1;
    if (octet < (first ? '2' : '0') || octet > (first ? '5' : '9')) {
      throw notSmtp();
    }
    lineCode = (first ? 0 : lineCode * 10) + (octet - '0');
    last = true;
  }

  private void acceptSeparator(byte octet) throws ProtocolException {
    if (octet != ' ' && octet != '-') {
      throw notSmtp();
    }
    last = octet == ' ';
  }

  private void endLine() throws ProtocolException {
    if (inLine <= CODE_DIGITS || lineCode < 200) {
      throw notSmtp();
    }
    lines++;
    if (lines == 1) {
      code = lineCode;
    } else if (lineCode != code) {
      throw new ProtocolException("the hub's reply has two codes");
    } else if (lines > LINES) {
      throw new ProtocolException("the hub's reply has more than " + LINES + " lines");
    }
    complete = last;
    inLine = 0;
    lineCode = 0;
    carriageReturn = false;
  }

  private static ProtocolException notSmtp() {
    return new ProtocolException("the hub does not speak SMTP");
  }
}
