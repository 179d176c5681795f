package sallyport.smapd.control;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Words of the control protocol: printable ASCII; what is not, and {@code %}, is {@code %XX}. */
final class Words {
  private Words() {}

  /** The text as one word; empty text is an empty word. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (octet <= ' ' || octet > '~' || octet == '%') {
        escaped.append('%').append(HexFormat.of().toHexDigits(octet));
      } else {
        escaped.append((char) octet);
      }
    }
    return escaped.toString();
  }

  /** The text of a word; empty if it is none. */
  static Optional<String> unescape(String word) {
    if (word.indexOf('%') < 0) {
      return Optional.of(word);
    }
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c != '%') {
        octets.write(c);
      } else if (i + 2 < word.length()
          && HexFormat.isHexDigit(word.charAt(i + 1))
          && HexFormat.isHexDigit(word.charAt(i + 2))) {
        octets.write(HexFormat.fromHexDigits(word, i + 1, i + 3));
        i += 2;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(octets.toString(StandardCharsets.UTF_8));
  }

  /** All words of a line, the first included; empty if one is broken. */
  static Optional<List<String>> of(String line) {
    List<String> words = new ArrayList<>();
    int start = 0;
    while (start <= line.length()) {
      int space = line.indexOf(' ', start);
      int end = space < 0 ? line.length() : space;
      Optional<String> word = unescape(line.substring(start, end));
      if (word.isEmpty()) {
        return Optional.empty();
      }
      words.add(word.get());
      start = end + 1;
    }
    return Optional.of(words);
  }

  /** The words behind the first, if that is the verb, and they are so many. */
  static Optional<List<String>> of(String line, String verb, int count) {
    return of(line)
        .filter(words -> words.size() == count + 1 && words.getFirst().equals(verb))
        .map(words -> words.subList(1, words.size()));
  }
}
