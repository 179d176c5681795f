package sallyport.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An envelope as octets, since very many wait in memory: about a hundred for one recipient. The
 * numbers first, each in its place, then the texts, each behind its length.
 */
final class PackedEnvelope {
  private static final int COUNTER = 8;
  private static final int ENDING = 16;
  private static final int SECONDS = 20;
  private static final int NANOS = 28;
  private static final int FLAGS = 32;
  private static final int TEXTS = 33;
  private static final int TEXTS_BEFORE_RECIPIENTS = 6;

  private static final int EIGHT_BIT = 1;
  private static final int HELO_IS_NAME = 2;
  private static final int MOST_IN_ONE = 0x7f;
  private static final int SHIFT = 7;

  private PackedEnvelope() {}

  static byte[] pack(Envelope envelope) {
    List<byte[]> texts = new ArrayList<>();
    boolean same = envelope.helo().equals(envelope.clientName());
    texts.add(octets(envelope.sender()));
    texts.add(octets(envelope.clientAddress()));
    texts.add(octets(envelope.clientName()));
    texts.add(octets(same ? "" : envelope.helo()));
    texts.add(octets(envelope.tls()));
    texts.add(octets(envelope.user()));
    envelope.recipients().forEach(recipient -> texts.add(octets(recipient)));
    int length = TEXTS + 2;
    for (byte[] text : texts) {
      length += lengthOctets(text.length) + text.length;
    }
    ByteBuffer packed = ByteBuffer.allocate(length);
    QueueId id = envelope.id();
    packed.putLong(id.start()).putLong(id.counter()).putInt(id.ending());
    Instant arrival = envelope.arrival();
    packed.putLong(arrival.getEpochSecond()).putInt(arrival.getNano());
    int flags = envelope.body() == BodyType.EIGHT_BIT ? EIGHT_BIT : 0;
    packed.put((byte) (same ? flags | HELO_IS_NAME : flags));
    packed.putShort((short) envelope.recipients().size());
    for (byte[] text : texts) {
      if (text.length > MOST_IN_ONE) {
        packed.put((byte) ((text.length & MOST_IN_ONE) | ~MOST_IN_ONE));
      }
      packed.put((byte) (text.length > MOST_IN_ONE ? text.length >> SHIFT : text.length));
      packed.put(text);
    }
    return packed.array();
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static int lengthOctets(int length) {
    return length > MOST_IN_ONE ? 2 : 1;
  }

  static Envelope unpack(byte[] packed) {
    ByteBuffer texts = ByteBuffer.wrap(packed).position(TEXTS);
    int count = texts.getShort();
    String sender = text(texts);
    String client = text(texts);
    String name = text(texts);
    String helo = text(texts);
    String tls = text(texts);
    String user = text(texts);
    List<String> recipients = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      recipients.add(text(texts));
    }
    int flags = packed[FLAGS];
    return new Envelope(
        id(packed),
        sender,
        recipients,
        client,
        name,
        (flags & HELO_IS_NAME) != 0 ? name : helo,
        tls,
        user,
        arrival(packed),
        (flags & EIGHT_BIT) != 0 ? BodyType.EIGHT_BIT : BodyType.SEVEN_BIT);
  }

  /** Recipients alone, in their order. */
  static List<String> recipients(byte[] packed) {
    ByteBuffer texts = ByteBuffer.wrap(packed).position(TEXTS);
    int count = texts.getShort();
    for (int i = 0; i < TEXTS_BEFORE_RECIPIENTS; i++) {
      skip(texts);
    }
    List<String> recipients = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      recipients.add(text(texts));
    }
    return recipients;
  }

  static int recipientCount(byte[] packed) {
    return ByteBuffer.wrap(packed).getShort(TEXTS);
  }

  static QueueId id(byte[] packed) {
    ByteBuffer numbers = ByteBuffer.wrap(packed);
    return new QueueId(numbers.getLong(0), numbers.getLong(COUNTER), numbers.getInt(ENDING));
  }

  static boolean hasId(byte[] packed, QueueId id) {
    ByteBuffer numbers = ByteBuffer.wrap(packed);
    return numbers.getLong(0) == id.start()
        && numbers.getLong(COUNTER) == id.counter()
        && numbers.getInt(ENDING) == id.ending();
  }

  static Instant arrival(byte[] packed) {
    ByteBuffer numbers = ByteBuffer.wrap(packed);
    return Instant.ofEpochSecond(numbers.getLong(SECONDS), numbers.getInt(NANOS));
  }

  private static String text(ByteBuffer texts) {
    byte[] octets = new byte[length(texts)];
    texts.get(octets);
    return new String(octets, StandardCharsets.UTF_8);
  }

  private static void skip(ByteBuffer texts) {
    int length = length(texts);
    texts.position(texts.position() + length);
  }

  private static int length(ByteBuffer texts) {
    int first = texts.get();
    return first >= 0 ? first : (first & MOST_IN_ONE) | ((texts.get() & 0xff) << SHIFT);
  }
}
