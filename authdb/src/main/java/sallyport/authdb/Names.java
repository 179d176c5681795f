package sallyport.authdb;

import java.util.Optional;
import java.util.regex.Pattern;
import sallyport.authdb.protocol.LoginName;

/**
 * What users, inside servers and groups may be called. A name that is not of this form is no name:
 * nothing is ever found under it.
 */
public final class Names {
  /** Characters of the longest user, server, inside or group name. */
  public static final int MOST_CHARACTERS = LoginName.MAX_NAME;

  /** Characters of the longest long name. */
  public static final int MOST_LONG_NAME = 255;

  private static final Pattern INSIDE_NAME =
      Pattern.compile("[\\x21-\\x7E]{1," + MOST_CHARACTERS + "}");

  private Names() {}

  /** A user's or server's name as it is stored: ASCII letters in lower case. Empty: not a name. */
  public static Optional<String> folded(String typed) {
    return LoginName.name(typed);
  }

  /** Whether an inside server may know a user by this name: 1 to 64 printable ASCII characters. */
  public static boolean isInsideName(String name) {
    return INSIDE_NAME.matcher(name).matches();
  }

  /** Whether this can be a group: none, or as long as a name, without control characters. */
  public static boolean isGroup(String text) {
    return isText(text, MOST_CHARACTERS);
  }

  /** Whether this can be a long name: up to 255 characters, none of them a control character. */
  public static boolean isLongName(String text) {
    return isText(text, MOST_LONG_NAME);
  }

  private static boolean isText(String text, int most) {
    return text.length() <= most
        && text.codePoints()
            .noneMatch(c ->
                Character.isISOControl(c)
                    || Character.getType(c) == Character.SURROGATE
                    || c == 0x2028
                    || c == 0x2029);
  }

  static String requireName(String name) {
    if (!LoginName.name(name).equals(Optional.of(name))) {
      throw new IllegalArgumentException("not a stored name; see Names.folded");
    }
    return name;
  }

  static String requireInsideName(String name) {
    return require(name, isInsideName(name), "inside name");
  }

  static String requireGroup(String text) {
    return require(text, isGroup(text), "group");
  }

  static String requireLongName(String text) {
    return require(text, isLongName(text), "long name");
  }

  private static String require(String text, boolean right, String what) {
    if (!right) {
      throw new IllegalArgumentException("not what a " + what + " may be");
    }
    return text;
  }
}
