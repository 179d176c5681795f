package sallyport.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One message in {@code queue/}. Its file may be changed by a captured smap at any time, so nothing
 * read once is read again without being compared. One worker at a time; a platform thread, since it
 * reads files.
 */
public final class QueuedMessage {
  private final Envelope envelope;
  private final Set<String> pending;
  private Batch batch;
  private StoredMessage stored;
  private int tries;
  private Instant nextTry = Instant.EPOCH;
  private String lastReason = "";
  private boolean warned;
  private boolean ended;

  QueuedMessage(Envelope envelope, Set<String> done, Batch batch, StoredMessage stored) {
    this.envelope = envelope;
    this.pending = new LinkedHashSet<>(envelope.recipients());
    this.batch = batch;
    this.stored = stored;
    pending.removeAll(done);
  }

  /** Names the message. */
  public QueueId id() {
    return envelope.id();
  }

  /** When DATA was accepted. */
  public Instant arrived() {
    return envelope.arrival();
  }

  /**
   * As smap wrote it, with all recipients in their places, also those that are final. Decoded at
   * each call.
   */
  public Envelope envelope() {
    return envelope;
  }

  /** Octets of the message, header and body. */
  public synchronized long size() {
    return stored.size();
  }

  /** Recipients that are not final, each once, in the envelope's order. */
  public synchronized List<String> pending() {
    return List.copyOf(pending);
  }

  /** Attempts recorded by {@link Queue#defer}. */
  public synchronized int tries() {
    return tries;
  }

  /** When to try next; {@link Instant#EPOCH} if it was never deferred. */
  public synchronized Instant nextTry() {
    return nextTry;
  }

  /** Why it was deferred last; empty if it never was. */
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

  synchronized StoredMessage stored() {
    return stored;
  }

  synchronized Batch in() {
    return batch;
  }

  synchronized void requireOpen() {
    if (ended) {
      throw new IllegalStateException(envelope.id() + " is not in the queue any more");
    }
  }

  /** Takes final recipients out; true if none is left. */
  synchronized boolean settle(Map<String, Outcome> outcomes) {
    requireOpen();
    if (!pending.containsAll(outcomes.keySet())) {
      throw new IllegalArgumentException("a recipient of " + envelope.id() + " is not pending");
    }
    outcomes.forEach((recipient, outcome) -> {
      switch (outcome) {
        case Outcome.Delivered delivered -> pending.remove(recipient);
        case Outcome.Failed failed -> pending.remove(recipient);
        case Outcome.Deferred deferred -> lastReason = deferred.reason();
      }
    });
    ended = pending.isEmpty();
    return ended;
  }

  synchronized void deferred(int attempts, Instant next, String reason) {
    requireOpen();
    tries = attempts;
    nextTry = next;
    lastReason = reason;
    stored.letGo();
  }

  synchronized void warn() {
    warned = true;
  }

  /** Its recipients that are final. */
  synchronized Set<String> done() {
    Set<String> done = new HashSet<>(envelope.recipients());
    done.removeAll(pending);
    return done;
  }

  /** It has a file of its own from now on. */
  synchronized void moveTo(Batch other, StoredMessage copy) {
    batch = other;
    stored = copy;
  }

  synchronized void end() {
    ended = true;
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
      case LogEntry.Final done -> {
        pending.remove(done.recipient());
        ended = pending.isEmpty();
      }
      case LogEntry.Deferred later -> {
        tries = later.tries();
        nextTry = later.nextTry();
        lastReason = later.reason();
      }
      case LogEntry.Tried tried -> lastReason = tried.reason();
      case LogEntry.Moved moved -> ended = true;
      case LogEntry.Damaged damaged -> {
        ended = true;
        batch.damaged(envelope.id() + " could not be read again");
      }
      case LogEntry.Warned told -> warned = true;
      case LogEntry.Removed removed -> ended = true;
      case LogEntry.Begun begun -> {}
    }
    return ended;
  }
}
