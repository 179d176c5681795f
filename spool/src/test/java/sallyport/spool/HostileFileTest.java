package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Files as a captured smap could write them: none stops anything, and none gives a false message.
 */
class HostileFileTest {
  private static final String MARK = "00112233445566ff";
  private static final int ROUNDS = 6000;
  private static final String ALPHABET = "\n <>%-0123456789abcdefMESAGIDRCPTZFNU\r\u0000\u00ff";

  private final List<Envelope> envelopes = new ArrayList<>();

  private byte[] batch(byte[]... bodies) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(BatchFormat.magic(MARK));
    for (byte[] body : bodies) {
      Envelope envelope = Mail.envelope("a@x.org", "b@x.org");
      envelopes.add(envelope);
      file.write(message(envelope, MARK, body));
    }
    file.write(BatchFormat.end(MARK, bodies.length));
    return file.toByteArray();
  }

  private static byte[] message(Envelope envelope, String mark, byte[] body) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    byte[] head = BatchFormat.envelope(mark, envelope, body.length);
    CRC32C checksum = new CRC32C();
    checksum.update(body);
    message.write(head);
    message.write(body);
    message.write(BatchFormat.checksum(checksum, head));
    return message.toByteArray();
  }

  private static BatchReader.Content read(byte[] octets) throws IOException {
    SimulatedFiles files = new SimulatedFiles();
    Path path = Path.of("/spool/queue/x");
    try (SpoolFiles.OpenFile file = files.create(path)) {
      file.write(ByteBuffer.wrap(octets));
      return BatchReader.read(file);
    } catch (SpoolNewerException e) {
      // A damaged version: the file stays, and an administrator hears of it.
      return new BatchReader.Content(List.of(), List.of(String.valueOf(e.getMessage())));
    }
  }

  @Test
  void damagedFilesOfEverySeedGiveOnlyMessagesThatWereWritten() throws Exception {
    byte[] whole = batch(Mail.octets(1, 700), new byte[0], Mail.octets(2, 300));
    assertThat(read(whole).messages()).hasSize(3);
    assertThat(read(whole).damages()).isEmpty();
    for (int seed = 0; seed < ROUNDS; seed++) {
      byte[] damaged = damage(whole, new Random(seed));
      BatchReader.Content content = read(damaged);
      assertThat(content.messages())
          .as("seed %d", seed)
          .extracting(BatchReader.Found::envelope)
          .isSubsetOf(envelopes)
          .doesNotHaveDuplicates();
      if (!Arrays.equals(damaged, whole)) {
        assertThat(content.damages()).as("seed %d", seed).isNotEmpty();
      }
    }
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] octets = whole.clone();
    int from = random.nextInt(octets.length);
    switch (random.nextInt(5)) {
      case 0 -> octets = Arrays.copyOf(octets, from);
      case 1 -> octets[from] ^= (byte) (1 + random.nextInt(255));
      case 2 -> Arrays.fill(octets, from, Math.min(octets.length, from + 64), (byte) 0);
      case 3 -> {
        for (int i = 0; i < 8; i++) {
          octets[random.nextInt(octets.length)] =
              (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        }
      }
      default -> {
        int length = random.nextInt(octets.length - from);
        byte[] shorter = new byte[octets.length - length];
        System.arraycopy(octets, 0, shorter, 0, from);
        System.arraycopy(octets, from + length, shorter, from, octets.length - from - length);
        octets = shorter;
      }
    }
    return octets;
  }

  @Test
  void oneDamagedOctetCostsOneMessageAtMost() throws Exception {
    byte[] whole = batch(Mail.octets(1, 50), Mail.octets(2, 60), Mail.octets(3, 70));
    int first = BatchFormat.magic(MARK).length;
    int last = whole.length - BatchFormat.end(MARK, 3).length;
    for (int i = first; i < last; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 4;
      assertThat(read(damaged).messages()).as("octet %d", i).hasSize(2);
    }
  }

  @Test
  void bodyThatImitatesAMessageIsNotBelieved() throws Exception {
    Envelope false_ = Mail.envelope("victim@x.org");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(Mail.octets(1, 100));
    body.write('\n');
    body.write(message(false_, "0000000000000000", new byte[] {1}));
    byte[] whole = batch(body.toByteArray(), Mail.octets(2, 100));
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    byte[] damaged =
        text.replaceFirst("SIZE [0-9]+", "SIZE 77").getBytes(StandardCharsets.ISO_8859_1);
    assertThat(damaged).isNotEqualTo(whole);
    assertThat(read(damaged).messages())
        .extracting(BatchReader.Found::envelope)
        .containsExactly(envelopes.get(1));
  }

  @Test
  void fileOfNothingButBeginningsIsReadInBoundedTime() throws Exception {
    StringBuilder text = new StringBuilder("Sallyport-Spool 1 " + MARK + "\n");
    String head =
        new String(
            BatchFormat.envelope(MARK, Mail.envelope("a@x.org"), 1_000_000),
            StandardCharsets.ISO_8859_1);
    while (text.length() < 3_000_000) {
      text.append(head);
    }
    byte[] octets = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    Assertions.assertThatCode(() -> assertThat(read(octets).messages()).isEmpty())
        .doesNotThrowAnyException();
    assertTimeout(Duration.ofSeconds(20), () -> read(octets));
  }

  @Test
  void anythingAtAllInNewLeavesTheQueueWorking() throws Exception {
    SimulatedFiles disk = new SimulatedFiles();
    List<QueueAlert> alerts = new ArrayList<>();
    Random random = new Random(7);
    byte[] whole = batch(Mail.octets(1, 700), Mail.octets(2, 300));
    for (int i = 0; i < 300; i++) {
      byte[] octets = i % 3 == 0 ? new byte[random.nextInt(3000)] : damage(whole, random);
      if (i % 3 == 0) {
        random.nextBytes(octets);
      }
      String name = String.format("%016x-1.batch", i);
      try (SpoolFiles.OpenFile file = disk.create(Script.FOLDERS.new_().resolve(name))) {
        file.write(ByteBuffer.wrap(octets));
      }
    }
    try (Queue queue = Queue.open(disk, Script.FOLDERS, QueueLimits.defaults(), alerts::add)) {
      for (QueuedMessage message : queue.takeOver(10_000)) {
        Mail.read(message);
        queue.record(message, Mail.delivered(message));
      }
      queue.settle();
      assertThat(queue.size()).isZero();
      assertThat(disk.list(Script.FOLDERS.queue(), 10)).containsExactly(SpoolVersion.NAME);
    }
    assertThat(alerts).extracting(QueueAlert::kind).containsOnly(QueueAlert.Kind.DAMAGED);
  }

  @Test
  void logOfAnythingIsReadLineByLine() {
    Random random = new Random(3);
    LogEntry entry = new LogEntry.Final(Mail.IDS.next(), "\"a b\"@x.org", false, "550 né %\r\n");
    String line = entry.line();
    assertThat(line).isASCII().endsWith("\n").doesNotContain("\r");
    assertThat(LogEntry.parse(line.substring(0, line.length() - 1))).isEqualTo(entry);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder damaged = new StringBuilder(line.substring(0, line.length() - 1));
      damaged.setCharAt(random.nextInt(damaged.length()), (char) (1 + random.nextInt(300)));
      LogEntry read = LogEntry.parse(damaged.toString());
      assertThat(read == null || read.equals(entry)).isTrue();
    }
  }
}
