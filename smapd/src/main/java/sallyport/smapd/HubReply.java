package sallyport.smapd;

/**
 * A reply of a hub.
 *
 * @param code 200 to 599
 * @param text the whole reply in printable ASCII, one line, at most {@link #MAX_TEXT} characters
 */
record HubReply(int code, String text) {

  /** More is not kept: replies go into the log and into the queue's files. */
  static final int MAX_TEXT = 400;

  /** Makes a reply fit for logs, whatever the hub said. */
  static HubReply of(int code, String raw) {
    return new HubReply(code, clean(raw));
  }

  static String clean(String raw) {
    if (raw.length() <= MAX_TEXT && raw.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      return raw.strip();
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < raw.length() && text.length() < MAX_TEXT; i++) {
      char c = raw.charAt(i);
      text.append(c == '\n' || c == '\t' ? ' ' : c >= ' ' && c <= '~' ? c : '?');
    }
    return text.toString().strip();
  }

  boolean isPositive() {
    return code < 300;
  }

  boolean isPermanent() {
    return code >= 500;
  }

  /** The first word behind the code: in a greeting, the host's own name. */
  String firstWord() {
    String rest = text.length() > 4 ? text.substring(4).strip() : "";
    int blank = rest.indexOf(' ');
    return blank < 0 ? rest : rest.substring(0, blank);
  }
}
