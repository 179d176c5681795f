package sallyport.transcript;

import java.io.IOException;
import java.util.List;

/** The server at the other end of a transcript. One thread uses it. */
public interface Peer extends AutoCloseable {

  /** Sends octets in one write. */
  void send(byte[] octets) throws IOException;

  /** Ends the client's input; the server may still answer. */
  void endInput() throws IOException;

  /** What comes next from the server, waiting for it within reason. */
  Heard hear() throws IOException;

  /** The server has sent something that {@link #hear} has not returned yet; does not wait. */
  boolean hasMore() throws IOException;

  /**
   * Lets something happen around the server.
   *
   * @throws UnsupportedOperationException when this peer cannot do that
   */
  default void happen(String event) throws IOException {
    throw new UnsupportedOperationException("this peer cannot do '" + event + "'");
  }

  /**
   * The messages accepted so far, in order, without any trace field that the server put on top.
   *
   * @throws UnsupportedOperationException when this peer cannot tell
   */
  default List<byte[]> messages() throws IOException {
    throw new UnsupportedOperationException("this peer does not know what was accepted");
  }

  @Override
  void close() throws IOException;

  /** What a server says. */
  sealed interface Heard {
    /** A line without its CR LF, a character an octet. */
    record Line(String text) implements Heard {}

    /** The connection was closed. */
    record Closed() implements Heard {}

    /** Nothing came in time. */
    record Silence() implements Heard {}
  }
}
