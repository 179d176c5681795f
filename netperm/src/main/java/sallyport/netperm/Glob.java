package sallyport.netperm;

/** A text in which {@code *} stands for any characters, also none. ASCII case does not matter. */
record Glob(String pattern) {
  Glob {
    pattern = Ascii.lower(pattern);
  }

  /** Takes time in proportion to the product of both lengths at worst. */
  boolean matches(String text) {
    String lower = Ascii.lower(text);
    int p = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < lower.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length() && pattern.charAt(p) == lower.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    return pattern.substring(p).chars().allMatch(c -> c == '*');
  }
}
