package sallyport.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One message in {@code queue/}. Its file may be changed by a captured smap at any time, so nothing
 * read once is read again without being compared. One worker at a time; a platform thread, since it
 * reads files.
 *
 * <p>While it waits it holds no more than it must: about three hundred octets for one recipient,
 * its file and its place in the queue included.
 */
public final class QueuedMessage {
  private static final Instant NEVER = Instant.EPOCH;

  private final byte[] packed;
  private Batch batch;
  private long start;
  private final long size;
  private int checksum;
  private int tries;
  private long nextTry;
  private String lastReason = "";

  /** Places of recipients that are final; null while there is none. */
  private @Nullable BitSet done;

  private StoredMessage.Digest digest = StoredMessage.Digest.NONE;
  private @Nullable StoredMessage stored;
  private boolean warned;
  private boolean ended;

  QueuedMessage(BatchReader.Found found, Batch batch) {
    this.packed = PackedEnvelope.pack(found.envelope());
    this.batch = batch;
    this.start = found.start();
    this.size = found.size();
    this.checksum = found.checksum();
    if (!found.done().isEmpty()) {
      markDone(found.done());
    }
  }

  /** Names the message. */
  public QueueId id() {
    return PackedEnvelope.id(packed);
  }

  boolean hasId(QueueId id) {
    return PackedEnvelope.hasId(packed, id);
  }

  /** When DATA was accepted. */
  public Instant arrived() {
    return PackedEnvelope.arrival(packed);
  }

  /**
   * As smap wrote it, with all recipients in their places, also those that are final. Decoded at
   * each call.
   */
  public Envelope envelope() {
    return PackedEnvelope.unpack(packed);
  }

  /** Octets of the message, header and body. */
  public long size() {
    return size;
  }

  /** Recipients that are not final, each once, in the envelope's order. Decoded at each call. */
  public synchronized List<String> pending() {
    Set<String> pending = new LinkedHashSet<>();
    List<String> all = PackedEnvelope.recipients(packed);
    for (int i = 0; i < all.size(); i++) {
      if (done == null || !done.get(i)) {
        pending.add(all.get(i));
      }
    }
    return List.copyOf(pending);
  }

  /** Its recipients that are final. */
  synchronized Set<String> done() {
    if (done == null) {
      return Set.of();
    }
    List<String> all = PackedEnvelope.recipients(packed);
    Set<String> names = new HashSet<>();
    done.stream().forEach(place -> names.add(all.get(place)));
    return names;
  }

  /** Whether one recipient is all there is. */
  synchronized boolean hasOnePending() {
    int all = PackedEnvelope.recipientCount(packed);
    return all - (done == null ? 0 : done.cardinality()) == 1;
  }

  /** Attempts recorded by {@link Queue#defer}. */
  public synchronized int tries() {
    return tries;
  }

  /** When to try next, to the millisecond; {@link Instant#EPOCH} if it was never deferred. */
  public synchronized Instant nextTry() {
    return nextTry == 0 ? NEVER : Instant.ofEpochMilli(nextTry);
  }

  /** Why it was deferred last, the first 120 characters; empty if it never was. */
  public synchronized String lastReason() {
    return lastReason;
  }

  /** Whether the sender was told that it is delayed, by {@link Queue#warned}. */
  public synchronized boolean isWarned() {
    return warned;
  }

  /** The name of its file in {@code queue/}. */
  public synchronized String batch() {
    return batch.name();
  }

  /**
   * The octets up to and including the first empty line; if there is none within {@code atMost},
   * the first {@code atMost} octets, or all. The first call reads them, and these very octets are
   * what {@link #streamBody} sends; after {@link Queue#defer} they are read again and compared.
   *
   * @throws DamagedException when the file is shorter than it said, or the header has changed
   */
  public byte[] header(int atMost) throws IOException {
    return stored().header(atMost);
  }

  /**
   * Hands over the whole message, header from memory, the rest from the file, without loading it.
   *
   * @throws DamagedException when size or checksum is not that of the message that was judged;
   *     raised before the last octet is handed over
   */
  public void streamBody(OutputStream to) throws IOException {
    stored().stream(to, null);
  }

  /**
   * The same with other octets in the place of those that {@link #header} gave, which must have
   * been called before: exactly what it gave is left out, and checked all the same.
   *
   * @throws DamagedException as {@link #streamBody(OutputStream)}
   */
  public void streamBody(OutputStream to, byte[] insteadOfHeader) throws IOException {
    stored().stream(to, insteadOfHeader);
  }

  /**
   * As {@link #header}, for others than the worker who has the message: reads the file by itself,
   * on any thread at any time.
   *
   * @throws java.nio.file.NoSuchFileException when it has left the queue
   */
  public byte[] copyOfHeader(int atMost) throws IOException {
    return opened(null).header(atMost);
  }

  /** As {@link #streamBody(OutputStream)}, for others: see {@link #copyOfHeader}. */
  public void copyTo(OutputStream to) throws IOException {
    opened(null).stream(to, null);
  }

  private synchronized StoredMessage stored() {
    StoredMessage there = stored;
    if (there == null) {
      there = opened(batch.content());
      stored = there;
    }
    return there;
  }

  private synchronized StoredMessage opened(byte @Nullable [] content) {
    return new StoredMessage(batch, content, id(), start, size, checksum, digest);
  }

  /** Keeps only a digest of the header. */
  synchronized void letGo() {
    batch.letGo();
    if (stored != null) {
      digest = stored.digest();
      stored = null;
    }
  }

  synchronized Batch in() {
    return batch;
  }

  synchronized void requireOpen() {
    if (ended) {
      throw new IllegalStateException(id() + " is not in the queue any more");
    }
  }

  /** Takes final recipients out; true if none is left. */
  synchronized boolean settle(Map<String, Outcome> outcomes) {
    requireOpen();
    if (!pending().containsAll(outcomes.keySet())) {
      throw new IllegalArgumentException("a recipient of " + id() + " is not pending");
    }
    Set<String> settled = new HashSet<>();
    outcomes.forEach((recipient, outcome) -> {
      switch (outcome) {
        case Outcome.Delivered delivered -> settled.add(recipient);
        case Outcome.Failed failed -> settled.add(recipient);
        case Outcome.Deferred deferred -> lastReason = shared(deferred.reason());
      }
    });
    markDone(settled);
    return ended;
  }

  private String shared(String reason) {
    return batch.home().reasons().shared(reason);
  }

  private void markDone(Set<String> names) {
    if (names.isEmpty()) {
      return;
    }
    List<String> all = PackedEnvelope.recipients(packed);
    BitSet marked = done == null ? new BitSet(all.size()) : done;
    for (int i = 0; i < all.size(); i++) {
      if (names.contains(all.get(i))) {
        marked.set(i);
      }
    }
    if (!marked.isEmpty()) {
      done = marked;
    }
    if (marked.cardinality() == all.size()) {
      end();
    }
  }

  synchronized void deferred(int attempts, Instant next, String reason) {
    requireOpen();
    tries = attempts;
    nextTry = next.toEpochMilli();
    lastReason = shared(reason);
    letGo();
  }

  /** Nothing more is done about it for now, so its header need not stay in memory. */
  synchronized void warn() {
    warned = true;
    letGo();
  }

  /** It has a file of its own from now on, and nobody else's: no need to compare. */
  synchronized void moveTo(CopyOut.Copy copy) {
    batch = copy.batch();
    start = copy.found().start();
    checksum = copy.found().checksum();
    stored = null;
    digest = StoredMessage.Digest.NONE;
  }

  synchronized void end() {
    ended = true;
    stored = null;
  }

  synchronized boolean isEnded() {
    return ended;
  }

  /** Takes what a log says about this message; true if it ended by that. */
  synchronized boolean replay(LogEntry entry) {
    if (ended) {
      return false;
    }
    switch (entry) {
      case LogEntry.Final last -> markDone(Set.of(last.recipient()));
      case LogEntry.Deferred later -> {
        tries = later.tries();
        nextTry = later.nextTry().toEpochMilli();
        lastReason = shared(later.reason());
      }
      case LogEntry.Tried tried -> lastReason = shared(tried.reason());
      case LogEntry.Moved moved -> end();
      case LogEntry.Damaged damaged -> {
        end();
        batch.damaged(id() + " could not be read again");
      }
      case LogEntry.Warned told -> warned = true;
      case LogEntry.Removed removed -> end();
      case LogEntry.Begun begun -> {}
    }
    return ended;
  }
}
