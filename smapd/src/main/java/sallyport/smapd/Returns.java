package sallyport.smapd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32C;
import sallyport.spool.DamagedException;
import sallyport.spool.Envelope;
import sallyport.spool.QueueId;
import sallyport.spool.QueuedMessage;

/**
 * Tells the sender, or else the postmaster, what became of a message. Safe for all threads; a call
 * reads the message, then writes and forces a file.
 *
 * <p>Nothing is ever sent to a null sender, in answer to a delivery report, or to an address that
 * mail may not be handed on to. What can so not be returned goes to the postmaster, once: of a
 * report to the postmaster nobody is told.
 *
 * <p>The same failure has the same id, also after a crash, so that it is told once: the number in
 * the id is drawn from the recipients that the report names. An index would not do: a message that
 * leaves its batch has fewer recipients than before, so that two reports could claim one number.
 */
final class Returns {

  /** Where reports are queued: {@code Queue::add}. */
  interface Store {
    /**
     * Queues a message of our own, forced to disk when it returns; empty if one of that id is
     * queued already.
     */
    Optional<QueuedMessage> add(Envelope envelope, byte[] octets) throws IOException;
  }

  /** Who was told. */
  sealed interface Result {
    /**
     * The report is on disk. Empty if it was there before: then a crash came between report and
     * record, and the report is being delivered as what it is.
     */
    record Returned(List<QueuedMessage> toDispatch) implements Result {
      /** Copies the list. */
      public Returned {
        toDispatch = List.copyOf(toDispatch);
      }
    }

    /** There is nobody whom a report may be sent to; the message is to be set aside. */
    record NobodyToTell(String reason) implements Result {}
  }

  /** To the sender, to the postmaster, a warning, a notice: the endings of {@link QueueId#own}. */
  private static final char TO_SENDER = 'b';

  private static final char TO_POSTMASTER = 'd';
  private static final char WARNING = 'w';
  private static final char NOTICE = 'n';

  private final Store queue;
  private final OwnMail mail;
  private final Optional<String> postmaster;
  private final InstantSource clock;

  /**
   * A way to tell.
   *
   * @param hostname our own name
   * @param postmaster who is told what no sender can be told; empty for nobody
   */
  Returns(Store queue, String hostname, Optional<String> postmaster, InstantSource clock) {
    this.queue = queue;
    this.mail = new OwnMail(hostname);
    this.postmaster = postmaster.filter(EnvelopeCheck::allowsRecipient);
    this.clock = clock;
  }

  /**
   * Queues one report on all these recipients: they will not be tried again. To the sender; of a
   * message without one, or of a report of ours that could not be returned, to the postmaster; of a
   * report to the postmaster, to nobody.
   *
   * @param failures at least one
   * @throws IOException when the report cannot be written, or the message cannot be read now; then
   *     nothing is queued, and the call may be repeated
   */
  Result failed(QueuedMessage message, List<Failure> failures) throws IOException {
    Envelope envelope = message.envelope();
    OriginalHeader header = header(message);
    QueueId id = envelope.id();
    if (!id.isOwn() && mayBeAnswered(envelope.sender(), header)) {
      QueueId own = QueueId.own(id, TO_SENDER, number(id, failures));
      return report(own, envelope.sender(), new DeliveryReport.Kind.Failed(), message, failures);
    }
    if (id.isOwn() && kind(id) != TO_SENDER) {
      return new Result.NobodyToTell("a notice of our own that cannot be delivered");
    }
    if (postmaster.isEmpty()) {
      return new Result.NobodyToTell("it cannot be returned, and there is no postmaster to tell");
    }
    QueueId own = QueueId.own(base(id), TO_POSTMASTER, number(id, failures));
    return report(
        own, postmaster.get(), new DeliveryReport.Kind.Undeliverable(), message, failures);
  }

  /**
   * Queues a warning to the sender that these recipients were not reached so far. Nobody is warned
   * of mail without a sender, of mail to lists, and of what a program sent.
   *
   * @param waiting at least one
   * @param givenUp until when they are tried
   * @throws IOException as {@link #failed}
   */
  Result delayed(QueuedMessage message, List<Failure> waiting, Instant givenUp) throws IOException {
    Envelope envelope = message.envelope();
    OriginalHeader header = header(message);
    QueueId id = envelope.id();
    if (id.isOwn() || header.automatic() || !mayBeAnswered(envelope.sender(), header)) {
      return new Result.NobodyToTell("no sender who could be warned");
    }
    DeliveryReport.Kind kind = new DeliveryReport.Kind.Delayed(givenUp);
    return report(QueueId.own(id, WARNING, 0), envelope.sender(), kind, message, waiting);
  }

  /**
   * Queues a notice on mail that was set aside. Its id is drawn from the first message that it
   * names and that no notice in the queue has its id from.
   *
   * @return empty if there is none: then each has a notice of its own already
   * @throws IOException when it cannot be written
   */
  Optional<QueuedMessage> notice(String badAdmin, SetAsideNotice notice) throws IOException {
    Instant now = clock.instant();
    for (SetAsideNotice.Entry entry : notice.entries()) {
      QueueId id = QueueId.own(base(entry.id()), NOTICE, 0);
      byte[] octets = notice.compose(mail, id, badAdmin, now);
      Optional<QueuedMessage> queued = queue.add(mail.envelope(id, badAdmin, now), octets);
      if (queued.isPresent()) {
        return queued;
      }
    }
    return Optional.empty();
  }

  private Result report(
      QueueId id,
      String to,
      DeliveryReport.Kind kind,
      QueuedMessage message,
      List<Failure> failures)
      throws IOException {
    Instant now = clock.instant();
    byte[] octets = DeliveryReport.compose(mail, id, to, kind, about(message), failures, now);
    Optional<QueuedMessage> queued = queue.add(mail.envelope(id, to, now), octets);
    return new Result.Returned(queued.stream().toList());
  }

  private static DeliveryReport.About about(QueuedMessage message) throws IOException {
    Envelope envelope = message.envelope();
    return new DeliveryReport.About(
        envelope.id(),
        envelope.sender(),
        envelope.arrival(),
        header(message),
        Original.of(message));
  }

  private static OriginalHeader header(QueuedMessage message) throws IOException {
    try {
      return OriginalHeader.of(message.header(HeaderCheck.MAX_HEADER_OCTETS + 1));
    } catch (DamagedException e) {
      return OriginalHeader.UNKNOWN;
    }
  }

  private static boolean mayBeAnswered(String sender, OriginalHeader header) {
    boolean daemon = sender.toLowerCase(Locale.ROOT).startsWith("mailer-daemon@");
    return EnvelopeCheck.allowsRecipient(sender) && !daemon && !header.report();
  }

  private static char kind(QueueId own) {
    return own.text().charAt(own.text().lastIndexOf('-') + 1);
  }

  private static QueueId base(QueueId id) {
    String text = id.text();
    return id.isOwn() ? QueueId.parse(text.substring(0, text.lastIndexOf('-'))) : id;
  }

  private static int number(QueueId about, List<Failure> failures) {
    CRC32C sum = new CRC32C();
    sum.update(about.text().getBytes(StandardCharsets.US_ASCII));
    failures.stream()
        .map(Failure::recipient)
        .sorted()
        .forEach(recipient -> {
          sum.update('\n');
          sum.update(recipient.getBytes(StandardCharsets.ISO_8859_1));
        });
    return (int) (sum.getValue() & QueueId.MAX_NUMBER);
  }
}
