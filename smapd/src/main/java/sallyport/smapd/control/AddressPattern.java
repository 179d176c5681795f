package sallyport.smapd.control;

import java.util.Locale;

/**
 * An address, or one with {@code *} for any characters and {@code ?} for any one. Upper and lower
 * case are the same. {@code <>} and the empty pattern mean the null sender.
 */
public record AddressPattern(String text) {
  /** The longest pattern. */
  public static final int MAX_LENGTH = 512;

  /** Bounds it. */
  public AddressPattern {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("expected at most " + MAX_LENGTH + " characters");
    }
  }

  /** Whether the whole address is meant. Time: length of the address times that of the pattern. */
  public boolean matches(String address) {
    String wanted = text.equals("<>") ? "" : text.toLowerCase(Locale.ROOT);
    String given = address.toLowerCase(Locale.ROOT);
    int at = 0;
    int star = -1;
    int retry = 0;
    int i = 0;
    while (i < given.length()) {
      if (at < wanted.length() && wanted.charAt(at) == '*') {
        star = at++;
        retry = i;
      } else if (at < wanted.length()
          && (wanted.charAt(at) == '?' || wanted.charAt(at) == given.charAt(i))) {
        at++;
        i++;
      } else if (star >= 0) {
        at = star + 1;
        i = ++retry;
      } else {
        return false;
      }
    }
    while (at < wanted.length() && wanted.charAt(at) == '*') {
      at++;
    }
    return at == wanted.length();
  }
}
