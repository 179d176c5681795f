package sallyport.smapd.control;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import sallyport.spool.QueueId;

/**
 * What an administrator may see and do: the same whether it goes through smapd's control socket
 * ({@link ControlClient}) or on the files of a smapd that does not run.
 *
 * <p>One thread at a time for one of these; several may work on one queue. Platform threads, since
 * files are read.
 */
public interface Administration extends AutoCloseable {

  /** Takes what is found, one by one. */
  interface Sink<T> {
    /** Takes one; if this throws, nothing more comes. */
    void take(T found) throws IOException;
  }

  /**
   * Lists messages, the oldest first. What arrives or ends meanwhile may be missing or still there.
   *
   * @return how many batches lie in {@code new/} that smapd has not taken over yet
   */
  int list(Selection which, Sink<Entry> to) throws IOException;

  /** All about one message; empty if there is none. */
  Optional<Details> show(QueueId id) throws IOException;

  /**
   * Writes the octets of a message as they were taken from the client, without the spool's framing.
   *
   * @return empty when they were written whole; else why not. Something may have been written then
   */
  Optional<Result> write(QueueId id, Part part, OutputStream to) throws IOException;

  /**
   * Does something with each message of a selection. What is done is on disk when it is told.
   * Messages of a filter that are in no state for the action are passed over, those of an id are
   * told as {@link Result.Kind#UNFIT}.
   *
   * @param by who asks, for the log
   */
  void act(Action action, Selection which, String by, Sink<Result> to) throws IOException;

  @Override
  void close() throws IOException;
}
