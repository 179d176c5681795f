package sallyport.smapd;

/**
 * What the body of an address field (From, To, Cc, ...) holds, judged by {@link AddressRule}.
 *
 * <pre>
 *   address-list = (address *("," address))                      RFC 5322, 3.4
 *   address      = mailbox / group
 *   mailbox      = [display-name] "&lt;" [route] addr-spec "&gt;" / addr-spec
 *   group        = display-name ":" [mailbox-list] ";"
 * </pre>
 *
 * <p>Departures, all towards leniency in what counts as readable: an address needs no domain, atoms
 * may hold any character, empty list members are allowed, blanks may stand anywhere inside an
 * address. A display name is never judged. One pass over the text, no recursion.
 *
 * @param readable false if a quote, comment or bracket stays open, if something stands behind a
 *     closing bracket, or if there are several words without brackets
 * @param addresses how many addresses were found
 * @param allowed whether the address rule allows each address; in a field that is not readable,
 *     whether it allows each word
 */
record AddressField(boolean readable, int addresses, boolean allowed) {

  /** Reads the unfolded body of a field, one character an octet. */
  static AddressField of(String body) {
    Reader reader = new Reader(body);
    reader.read();
    boolean allowed = reader.allowed && (reader.readable || AddressRule.allowsWords(body));
    return new AddressField(reader.readable, reader.addresses, allowed);
  }

  private static final class Reader {
    private final String body;
    private int at;

    private boolean readable = true;
    private boolean allowed = true;
    private int addresses;

    /** The member being read: outside and inside the angle brackets, without quotes, comments. */
    private final StringBuilder outside = new StringBuilder();

    private final StringBuilder inside = new StringBuilder();
    private boolean inBrackets;
    private boolean hadBrackets;
    private boolean severalWords;
    private boolean blankBefore;

    Reader(String body) {
      this.body = body;
    }

    void read() {
      while (at < body.length()) {
        char c = body.charAt(at++);
        switch (c) {
          case ' ', '\t' -> blankBefore = true;
          case '(' -> skipComment();
          case '"' -> readQuoted();
          case '\\' -> readEscaped();
          case '<' -> openBrackets();
          case '>' -> closeBrackets();
          case ',', ';' -> separator(c);
          default -> add(c);
        }
      }
      if (inBrackets) {
        readable = false;
        judge(inside);
      }
      endMember();
    }

    private void skipComment() {
      int depth = 1;
      while (at < body.length() && depth > 0) {
        char c = body.charAt(at++);
        if (c == '\\') {
          at++;
        } else if (c == '(') {
          depth++;
        } else if (c == ')') {
          depth--;
        }
      }
      readable &= depth == 0;
      blankBefore = true;
    }

    private void readQuoted() {
      noteWord('"');
      StringBuilder current = inBrackets ? inside : outside;
      while (at < body.length()) {
        char c = body.charAt(at++);
        if (c == '"') {
          return;
        }
        if (c == '\\' && at < body.length()) {
          c = body.charAt(at++);
        }
        current.append(c);
      }
      readable = false;
    }

    private void readEscaped() {
      if (at < body.length()) {
        add(body.charAt(at++));
      }
    }

    private void openBrackets() {
      readable &= !inBrackets && !hadBrackets;
      if (inBrackets) {
        judge(inside);
      }
      inside.setLength(0);
      inBrackets = true;
      hadBrackets = true;
      outside.setLength(0);
      severalWords = false;
      blankBefore = false;
    }

    private void closeBrackets() {
      readable &= inBrackets;
      if (inBrackets) {
        judge(inside);
        inside.setLength(0);
      }
      inBrackets = false;
    }

    private void separator(char c) {
      if (inBrackets) {
        // The list of hosts in a source route: <@a,@b:user@c>.
        inside.append(c);
      } else {
        endMember();
      }
    }

    private void add(char c) {
      if (inBrackets) {
        inside.append(c);
        return;
      }
      noteWord(c);
      outside.append(c);
      if (c == ':') {
        // A group's name may be several words.
        severalWords = false;
      }
    }

    /** Notes two words side by side that no sign joins. */
    private void noteWord(char next) {
      if (blankBefore && !inBrackets && !outside.isEmpty()) {
        char last = outside.charAt(outside.length() - 1);
        severalWords |= ".@:!%".indexOf(next) < 0 && ".@:!%".indexOf(last) < 0;
      }
      blankBefore = false;
    }

    private void endMember() {
      boolean text = !outside.isEmpty();
      readable &= !(hadBrackets && text) && !severalWords;
      if (text) {
        judge(outside);
      }
      outside.setLength(0);
      inside.setLength(0);
      hadBrackets = false;
      inBrackets = false;
      severalWords = false;
      blankBefore = false;
    }

    private void judge(StringBuilder address) {
      if (!address.isEmpty()) {
        addresses++;
        allowed &= AddressRule.allows(address.toString());
      }
    }
  }
}
