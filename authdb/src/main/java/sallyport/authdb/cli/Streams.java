package sallyport.authdb.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Optional;

/**
 * What the command has around it.
 *
 * @param out for answers
 * @param err for errors, and for what is said beside an answer
 * @param terminal empty if input or output is none
 * @param clock with the zone that times are shown in
 */
record Streams(
    InputStream in, PrintWriter out, PrintWriter err, Optional<Terminal> terminal, Clock clock) {

  /** A person at a terminal. Empty answers of these methods mean that it was closed. */
  interface Terminal {
    /** Asks without echo; the caller wipes the answer. */
    Optional<char[]> askSecret(String label);

    /** Asks with echo. */
    Optional<String> ask(String label);
  }
}
