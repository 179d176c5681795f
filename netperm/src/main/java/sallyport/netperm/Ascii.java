package sallyport.netperm;

/** Letters are compared as ASCII: no other character may turn into one of a domain. */
final class Ascii {
  private Ascii() {}

  static String lower(String text) {
    char[] lower = text.toCharArray();
    for (int i = 0; i < lower.length; i++) {
      if (lower[i] >= 'A' && lower[i] <= 'Z') {
        lower[i] = (char) (lower[i] - 'A' + 'a');
      }
    }
    return new String(lower);
  }

  /** A domain as it is compared: lower case, without the final dot. */
  static String domain(String domain) {
    String lower = lower(domain);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
