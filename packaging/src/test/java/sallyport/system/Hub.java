package sallyport.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A mail server inside, which lets a test read what arrived. */
interface Hub extends AutoCloseable {

  int port();

  /** Waits for the message whose header holds this text and gives it as it is kept here. */
  byte[] await(String token) throws Exception;

  /** How a message that came with CR LF at each line's end is kept here. */
  String keeps(String message);

  @Override
  void close() throws IOException;

  /** smap's own trace field, wherever it stands in the header. */
  Pattern RECEIVED =
      Pattern.compile(
          "(?m)^Received: from [^\\n]*(?:\\r?\\n[ \\t][^\\n]*)*?Sallyport smap"
              + "[^\\n]*(?:\\n[ \\t][^\\n]*)*\\n");

  /** The octets below smap's {@code Received:}. */
  static String below(byte[] message) {
    String text = new String(message, StandardCharsets.ISO_8859_1);
    Matcher matcher = RECEIVED.matcher(text);
    if (!matcher.find()) {
      throw new AssertionError("no Received field of smap in:\n" + text.lines().limit(20).toList());
    }
    return text.substring(matcher.end());
  }
}
