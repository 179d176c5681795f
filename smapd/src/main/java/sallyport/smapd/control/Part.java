package sallyport.smapd.control;

import java.util.Locale;
import java.util.Optional;

/** Which octets of a message are wanted. */
public enum Part {
  /** Up to and with the first empty line. */
  HEADER,
  /** Header and body. */
  MESSAGE;

  /** The request's word. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Part> of(String word) {
    for (Part part : values()) {
      if (part.word().equals(word)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }
}
