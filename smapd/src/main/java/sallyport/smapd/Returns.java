package sallyport.smapd;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import sallyport.spool.Envelope;
import sallyport.spool.QueuedMessage;

/**
 * Tells the sender, or else the postmaster, what became of a message. Safe for all threads; a call
 * writes and forces a file.
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

  /**
   * A way to tell.
   *
   * @param hostname our own name
   * @param postmaster who is told what no sender can be told; empty for nobody
   */
  Returns(Store queue, String hostname, Optional<String> postmaster, InstantSource clock) {}

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
    return new Result.NobodyToTell("mail is not returned in this version");
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
    return new Result.NobodyToTell("mail is not returned in this version");
  }
}
