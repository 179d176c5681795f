package sallyport.smapd;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the domains stand in an address field: the octets themselves, so that some may be taken out
 * and all others stay.
 *
 * <pre>
 *   address-list = (address *("," address))                      RFC 5322, 3.4
 *   address      = mailbox / group
 *   mailbox      = [display-name] "&lt;" [route] addr-spec "&gt;" / addr-spec
 *   group        = display-name ":" [mailbox-list] ";"
 *   addr-spec    = local-part "@" domain
 * </pre>
 *
 * <p>{@link AddressField} is lenient, since it looks for danger; this is strict, since what it
 * finds is changed. A field is not read at all if a quote, comment or bracket stays open, if an
 * address is not one word, an at sign and one word, or if it holds a control character. Blanks and
 * comments may stand around the at sign; a domain that they interrupt is no word. In a display
 * name, which has brackets behind it, anything may stand. One pass, no recursion.
 */
final class SenderField {

  /** Octets by the first and the one behind the last. */
  record Extent(int start, int end) {}

  private enum Kind {
    ATOM,
    QUOTED,
    LITERAL,
    AT,
    COMMA,
    COLON,
    OPEN,
    CLOSE
  }

  /**
   * One word or sign.
   *
   * @param joined whether nothing stands between it and the one before
   */
  private record Token(Kind kind, int start, int end, boolean joined) {}

  private final byte[] octets;
  private final int end;
  private int at;
  private boolean readable = true;
  private boolean joined;
  private boolean inBrackets;
  private List<Token> member = new ArrayList<>();
  private final List<Extent> domains = new ArrayList<>();

  private SenderField(byte[] octets, int start, int end) {
    this.octets = octets;
    this.at = start;
    this.end = end;
  }

  /**
   * The domains of a field's addresses, in their order; none if the field cannot be read.
   *
   * @param start behind the colon
   * @param end behind the last line end
   */
  static List<Extent> domains(byte[] octets, int start, int end) {
    SenderField field = new SenderField(octets, start, end);
    while (field.at < end && field.readable) {
      field.readToken();
    }
    field.endMember();
    return field.readable ? field.domains : List.of();
  }

  private void readToken() {
    int start = at;
    byte octet = octets[at++];
    switch (octet) {
      case ' ', '\t', '\r', '\n' -> joined = false;
      case '(' -> skipComment();
      case '"' -> readUntil('"', Kind.QUOTED, start);
      case '[' -> readUntil(']', Kind.LITERAL, start);
      case '@' -> add(Kind.AT, start);
      case ':' -> colon(start);
      case '<' -> open(start);
      case '>' -> close(start);
      case ',' -> comma(start);
      case ';' -> semicolon();
      case '\\', ')', ']' -> readable = false;
      default -> readAtom(start);
    }
  }

  private void add(Kind kind, int start) {
    member.add(new Token(kind, start, at, joined));
    joined = true;
  }

  private void skipComment() {
    int depth = 1;
    while (at < end && depth > 0) {
      byte octet = octets[at++];
      if (octet == '\\') {
        at++;
      } else if (octet == '(') {
        depth++;
      } else if (octet == ')') {
        depth--;
      }
    }
    readable &= depth == 0 && at <= end;
    joined = false;
  }

  private void readUntil(char closing, Kind kind, int start) {
    while (at < end && octets[at] != closing) {
      at += octets[at] == '\\' ? 2 : 1;
    }
    if (at < end) {
      at++;
      add(kind, start);
    } else {
      readable = false;
    }
  }

  private void readAtom(int start) {
    at = start;
    while (at < end && isAtomText(octets[at])) {
      at++;
    }
    if (at == start) {
      readable = false;
    } else {
      add(Kind.ATOM, start);
    }
  }

  /** Dots are text here; so is what is not ASCII. */
  private static boolean isAtomText(byte octet) {
    return octet < 0 || (octet > ' ' && octet < 127 && "()<>[]:;@\\,\"".indexOf(octet) < 0);
  }

  private void open(int start) {
    readable &= !inBrackets && member.stream().noneMatch(token -> token.kind == Kind.CLOSE);
    inBrackets = true;
    add(Kind.OPEN, start);
  }

  private void close(int start) {
    readable &= inBrackets;
    inBrackets = false;
    add(Kind.CLOSE, start);
  }

  private void colon(int start) {
    if (inBrackets) {
      add(Kind.COLON, start);
    } else {
      // What stands before it is the name of a group.
      readable &= member.stream().noneMatch(token -> token.kind == Kind.CLOSE);
      member = new ArrayList<>();
      joined = false;
    }
  }

  private void comma(int start) {
    if (inBrackets) {
      add(Kind.COMMA, start);
    } else {
      endMember();
    }
  }

  private void semicolon() {
    readable &= !inBrackets;
    endMember();
  }

  private void endMember() {
    readable &= !inBrackets;
    int open = 0;
    while (open < member.size() && member.get(open).kind != Kind.OPEN) {
      open++;
    }
    if (open == member.size()) {
      readAddress(member);
    } else if (readable) {
      readable = member.getLast().kind == Kind.CLOSE;
      readAddress(withoutRoute(member.subList(open + 1, member.size() - 1)));
    }
    member = new ArrayList<>();
    joined = false;
  }

  /** {@code @a,@b:user@c} without what stands up to the colon. */
  private List<Token> withoutRoute(List<Token> address) {
    if (address.isEmpty() || address.getFirst().kind != Kind.AT) {
      return address;
    }
    int colon = 0;
    while (colon < address.size() && address.get(colon).kind != Kind.COLON) {
      colon++;
    }
    readable &= colon < address.size();
    return address.subList(Math.min(colon + 1, address.size()), address.size());
  }

  /** One word; or one word, an at sign, and a domain; or nothing. */
  private void readAddress(List<Token> address) {
    int word = 0;
    while (word < address.size()
        && (address.get(word).kind == Kind.ATOM || address.get(word).kind == Kind.QUOTED)) {
      readable &= word == 0 || address.get(word).joined;
      word++;
    }
    if (word == address.size()) {
      return;
    }
    boolean complete = word > 0 && word + 2 == address.size() && address.get(word).kind == Kind.AT;
    Kind domain = address.getLast().kind;
    readable &= complete && (domain == Kind.ATOM || domain == Kind.LITERAL);
    if (domain == Kind.ATOM) {
      domains.add(new Extent(address.getLast().start, address.getLast().end));
    }
  }
}
