package sallyport.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Envelopes and octets for tests. */
final class Mail {
  static final QueueIds IDS = new QueueIds(new SecureRandom());

  private Mail() {}

  static Envelope envelope(QueueId id, String... recipients) {
    return new Envelope(
        id,
        "john@example.org",
        List.of(recipients),
        "192.0.2.7",
        "mail.example.org",
        "mail.example.org",
        "",
        "",
        Instant.parse("2026-11-22T05:00:00.123456789Z"),
        BodyType.EIGHT_BIT);
  }

  static Envelope envelope(String... recipients) {
    return envelope(IDS.next(), recipients);
  }

  /** A header and so many octets of anything. */
  static byte[] octets(long seed, int length) {
    byte[] body = new byte[length];
    new Random(seed).nextBytes(body);
    byte[] head =
        ("Received: by gateway\r\nSubject: " + seed + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, body, 0, Math.min(head.length, length));
    return body;
  }

  static CommitResult send(Collector collector, Envelope envelope, byte[] octets)
      throws IOException, InterruptedException {
    Incoming incoming = collector.begin();
    incoming.write(octets);
    return collector.commit(envelope, incoming);
  }

  static byte[] read(QueuedMessage message) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    message.streamBody(octets);
    return octets.toByteArray();
  }

  static Map<String, Outcome> delivered(QueuedMessage message) {
    Map<String, Outcome> outcomes = new HashMap<>();
    message.pending().forEach(to -> outcomes.put(to, new Outcome.Delivered("250 taken")));
    return outcomes;
  }

  static List<QueueId> idsOf(List<QueuedMessage> messages) {
    List<QueueId> ids = new ArrayList<>();
    messages.forEach(message -> ids.add(message.envelope().id()));
    return ids;
  }
}
