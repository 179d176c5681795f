package sallyport.smapd.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Optional;

/**
 * What the command has around it.
 *
 * @param in where {@code -} reads ids from
 * @param out for answers
 * @param octets what lies below {@code out}, for messages as they are
 * @param err for errors, and for what is said beside an answer
 * @param terminal empty if input or output is none
 * @param clock with the zone that times are shown in
 */
record Streams(
    InputStream in,
    PrintWriter out,
    OutputStream octets,
    PrintWriter err,
    Optional<Terminal> terminal,
    Clock clock) {

  /** A person at a terminal. */
  interface Terminal {
    /** Asks; empty if the terminal was closed. */
    Optional<String> ask(String label);
  }
}
