package sallyport.transcript;

import java.util.List;
import java.util.regex.Pattern;

/** One step of a scenario. */
sealed interface Entry {

  /** Line of the file where it begins. */
  int line();

  /** The client sends. */
  record Send(int line, String octets) implements Entry {}

  /** The client ends its input. */
  record EndInput(int line) implements Entry {}

  /** The server sends exactly this. */
  record Says(int line, String text) implements Entry {}

  /** The server sends a line like this. */
  record Matches(int line, Pattern pattern) implements Entry {}

  /** The server closes. */
  record Closes(int line) implements Entry {}

  /** Something happens. */
  record Happens(int line, String event) implements Entry {}

  /** The message accepted last. */
  record Message(int line, List<String> lines) implements Entry {
    public Message {
      lines = List.copyOf(lines);
    }
  }

  /** The size of the message accepted last. */
  record MessageSize(int line, int octets) implements Entry {}

  /** How many messages were accepted. */
  record MessageCount(int line, int count) implements Entry {}
}
