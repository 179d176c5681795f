package sallyport.daemon.tls;

/**
 * Reads which group a handshake settled on from the server's records as they pass, because JSSE
 * does not say. That is in the clear: in TLS 1.3 in the extension {@code key_share} of the
 * ServerHello (RFC 8446 section 4.2.8), in TLS 1.2 at the start of the ServerKeyExchange (RFC 8422
 * section 5.4). It keeps one message of at most {@link #MAX_MESSAGE} octets, reads nothing behind
 * the first record that is no handshake, and answers {@code none} where it finds nothing. It judges
 * nothing: JSSE does.
 */
final class GroupReader {
  /** Octets of a message that are looked at; a ServerHello has about 130. */
  static final int MAX_MESSAGE = 512;

  private static final int RECORD_HEADER = 5;
  private static final int MESSAGE_HEADER = 4;
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int HANDSHAKE = 22;
  private static final int SERVER_HELLO = 2;
  private static final int SERVER_KEY_EXCHANGE = 12;
  private static final int NAMED_CURVE = 3;
  private static final int KEY_SHARE = 51;
  private static final int RANDOM_END = 34;

  private final byte[] message = new byte[MAX_MESSAGE];
  private int held;
  private int skip;
  private int group;
  private boolean over;

  /** One or more whole records of the server's side, in order. */
  void records(byte[] octets, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (!over && end - at >= RECORD_HEADER) {
      int body = u16(octets, at + 3);
      int next = Math.min(end, at + RECORD_HEADER + body);
      switch (octets[at]) {
        case HANDSHAKE -> handshake(octets, at + RECORD_HEADER, next);
        case CHANGE_CIPHER_SPEC -> {
          // TLS 1.3 sends one for old middle boxes' sake, perhaps before the second ServerHello.
        }
        default -> over = true;
      }
      at = next;
    }
  }

  /** Messages may share a record, or stretch over several. */
  private void handshake(byte[] octets, int from, int to) {
    for (int at = from; at < to && !over; at++) {
      if (skip > 0) {
        int skipped = Math.min(skip, to - at);
        skip -= skipped;
        at += skipped - 1;
        continue;
      }
      message[held++] = octets[at];
      int whole = held < MESSAGE_HEADER ? MAX_MESSAGE : MESSAGE_HEADER + messageLength();
      if (held == Math.min(whole, MAX_MESSAGE)) {
        look(held);
        skip = whole - held;
        held = 0;
      }
    }
  }

  private int messageLength() {
    return ((message[1] & 0xff) << 16) | u16(message, 2);
  }

  private void look(int length) {
    switch (message[0]) {
      case SERVER_HELLO -> serverHello(MESSAGE_HEADER, length);
      case SERVER_KEY_EXCHANGE -> {
        if (length > MESSAGE_HEADER + 2 && message[MESSAGE_HEADER] == NAMED_CURVE) {
          group = u16(message, MESSAGE_HEADER + 1);
        }
        over = true;
      }
      default -> {
        // Certificates and the like, on the way to what is sought.
      }
    }
  }

  /**
   * The selected group is first in the extension, in a HelloRetryRequest as in the ServerHello that
   * follows it, so that the last one read counts.
   */
  private void serverHello(int start, int length) {
    int at = start + RANDOM_END;
    if (at >= length) {
      return;
    }
    at += 1 + (message[at] & 0xff) + 3 + 2;
    while (at + MESSAGE_HEADER <= length) {
      int size = u16(message, at + 2);
      if (u16(message, at) == KEY_SHARE && size >= 2 && at + MESSAGE_HEADER + 2 <= length) {
        group = u16(message, at + MESSAGE_HEADER);
      }
      at += MESSAGE_HEADER + size;
    }
  }

  private static int u16(byte[] octets, int at) {
    return ((octets[at] & 0xff) << 8) | (octets[at + 1] & 0xff);
  }

  /** The group's IANA name, its number if it has none here, or {@code none}. */
  String name() {
    return switch (group) {
      case 0 -> "none";
      case 0x17 -> "secp256r1";
      case 0x18 -> "secp384r1";
      case 0x19 -> "secp521r1";
      case 0x1d -> "x25519";
      case 0x1e -> "x448";
      case 0x11ec -> "X25519MLKEM768";
      default -> "0x" + Integer.toHexString(group);
    };
  }
}
