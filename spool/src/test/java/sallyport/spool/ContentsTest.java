package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What was just read of a small file is not read again, and is not kept for long, nor without end.
 */
class ContentsTest {
  private static final int OCTETS = 50_000;

  private final SimulatedFiles disk = new SimulatedFiles();
  private final FailingFiles files = new FailingFiles(disk);
  private final List<QueueAlert> alerts = new CopyOnWriteArrayList<>();
  private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
  private final Map<QueueId, byte[]> sent = new HashMap<>();
  private Collector collector;
  private Queue queue;

  @BeforeEach
  void open() throws Exception {
    Collector.Limits limits = new Collector.Limits(256 << 10, 8 << 20, 16, 10, 1 << 20);
    collector = Collector.open(disk, Script.FOLDERS, limits, fatal::add);
    queue = Queue.open(files, Script.FOLDERS, QueueLimits.defaults(), alerts::add);
  }

  @AfterEach
  void close() throws Exception {
    queue.close();
    collector.close();
    assertThat(fatal).isEmpty();
    assertThat(alerts).isEmpty();
  }

  private List<QueuedMessage> taken(int count, int octets) throws Exception {
    for (int i = 0; i < count; i++) {
      Envelope envelope = Mail.envelope("a@x.org");
      byte[] message = Mail.octets(sent.size(), octets);
      sent.put(envelope.id(), message);
      assertThat(Mail.send(collector, envelope, message))
          .isInstanceOf(CommitResult.Committed.class);
    }
    return queue.takeOver(count);
  }

  /** From now on nothing in a file of the queue can be read, or again everything. */
  private void refuseToRead(boolean refused) {
    String path = refused ? ".batch" : "no such name";
    files.fail(new FailingFiles.Failure("readAt", path, new IOException("not readable"), true));
  }

  private List<QueuedMessage> readableWithoutTheFile(List<QueuedMessage> messages) {
    refuseToRead(true);
    List<QueuedMessage> readable = new ArrayList<>();
    for (QueuedMessage message : messages) {
      try {
        message.header(1000);
        assertThat(Mail.read(message)).isEqualTo(sent.get(message.id()));
        readable.add(message);
      } catch (IOException e) {
        assertThat(e).hasMessage("not readable");
      }
    }
    refuseToRead(false);
    return readable;
  }

  @Test
  void smallMessageIsHandedOnWithoutReadingItsFileAgain() throws Exception {
    List<QueuedMessage> messages = taken(3, 4_000);
    assertThat(readableWithoutTheFile(messages)).isEqualTo(messages);
  }

  @Test
  void largeFileIsReadWhenItIsHandedOn() throws Exception {
    List<QueuedMessage> messages = taken(1, Contents.MOST_OF_FILE);
    assertThat(readableWithoutTheFile(messages)).isEmpty();
    assertThat(Mail.read(messages.getFirst())).isEqualTo(sent.get(messages.getFirst().id()));
  }

  @Test
  void nothingOfADeferredMessageStaysInMemory() throws Exception {
    QueuedMessage message = taken(1, 4_000).getFirst();
    message.header(1000);
    queue.defer(message, Instant.EPOCH, 1, "later");
    refuseToRead(true);
    assertThatThrownBy(() -> message.header(1000)).hasMessage("not readable");
    refuseToRead(false);
    assertThat(Mail.read(message)).isEqualTo(sent.get(message.id()));
  }

  @Test
  void memoryIsBoundedAndComesBackWhenMessagesAreFinished() throws Exception {
    int fit = (int) (Contents.MOST / OCTETS);
    List<QueuedMessage> messages = taken(fit + 10, OCTETS);
    List<QueuedMessage> kept = readableWithoutTheFile(messages);
    assertThat(kept.size()).isBetween(fit - 2, fit);
    for (QueuedMessage message : messages) {
      queue.begin(message);
      queue.record(message, Mail.delivered(message));
    }
    queue.settle();
    List<QueuedMessage> later = taken(fit - 2, OCTETS);
    assertThat(readableWithoutTheFile(later)).isEqualTo(later);
  }

  @Test
  void fileThatCannotBeReadTakesNoMemory() throws Exception {
    int many = (int) (Contents.MOST / OCTETS) + 10;
    for (int i = 0; i < many; i++) {
      refuseToRead(true);
      assertThat(taken(1, OCTETS)).isEmpty();
      refuseToRead(false);
    }
    assertThat(alerts).hasSize(many);
    alerts.clear();
    List<QueuedMessage> messages = taken(1, 4_000);
    assertThat(readableWithoutTheFile(messages)).isEqualTo(messages);
  }
}
