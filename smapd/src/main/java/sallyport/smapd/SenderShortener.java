package sallyport.smapd;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import sallyport.netperm.DomainSet;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;
import sallyport.smapd.SenderField.Extent;

/**
 * Cuts {@code host.DOMAIN} to {@code DOMAIN} in the addresses of a sender, in the envelope and in
 * {@link #FIELDS}. All it ever does is to take out the octets of {@code host.}: names, comments,
 * folding, every other octet stays as it is. A field that cannot be read with certainty ({@link
 * SenderField}) stays as it is.
 *
 * <p>Of several domains the longest that fits counts; a domain of the list itself is never cut, so
 * that {@code lists.example.com} beside {@code example.com} keeps its name. Routes ({@code
 * @a,@b:user@c}), address literals, {@code user%host} and {@code host!user} are left alone.
 * Immutable.
 */
final class SenderShortener {

  /** Where others answer to: the sender fields of RFC 5322 and their like. */
  static final Set<String> FIELDS =
      Set.of(
          "from",
          "sender",
          "reply-to",
          "return-path",
          "resent-from",
          "resent-sender",
          "resent-reply-to",
          "errors-to",
          "return-receipt-to",
          "disposition-notification-to");

  private static final int MAX_NAME = FIELDS.stream().mapToInt(String::length).max().orElseThrow();

  /** The longest domain, RFC 1035; what is longer is none. */
  private static final int MAX_DOMAIN = 255;

  private final Set<String> domains;

  /** For these domains, in lower case; without one nothing is ever cut. */
  SenderShortener(Collection<String> domains) {
    this.domains = Set.copyOf(domains);
  }

  /** Reads the {@code shorten-sender} lines. What is wrong is left in {@code settings}. */
  static List<String> domains(Settings settings) {
    List<String> domains = new ArrayList<>();
    for (Rule rule : settings.each("shorten-sender")) {
      for (String domain : rule.values()) {
        try {
          if (domain.startsWith("*")) {
            throw new IllegalArgumentException(
                "expected a domain without *; all below it is meant");
          }
          DomainSet.of(List.of(domain));
          domains.add(withoutFinalDot(domain.toLowerCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
          settings.error(rule.at(), "shorten-sender: " + e.getMessage());
        }
      }
    }
    return domains.stream().distinct().toList();
  }

  private static String withoutFinalDot(String domain) {
    return domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
  }

  /** Whether there is nothing to cut, ever. */
  boolean isOff() {
    return domains.isEmpty();
  }

  /** A sender of an envelope, without brackets; empty is the null sender. */
  String shorten(String sender) {
    int start = sender.lastIndexOf('@') + 1;
    return start == 0
        ? sender
        : sender.substring(0, start) + sender.substring(start + cut(sender.substring(start)));
  }

  /**
   * The header with its sender fields cut.
   *
   * @param header the message from its first octet to the empty line, lines ended by CR LF
   * @return the same array if nothing is to be cut
   */
  byte[] shorten(byte[] header) {
    ByteArrayOutputStream shortened = new ByteArrayOutputStream(header.length);
    int copied = 0;
    int start = 0;
    while (start < header.length && header[start] != '\r') {
      int end = fieldEnd(header, start);
      int colon = colonOf(header, start, end);
      for (Extent domain :
          colon < 0 ? List.<Extent>of() : SenderField.domains(header, colon, end)) {
        int cut = cut(text(header, domain.start(), domain.end()));
        shortened.write(header, copied, domain.start() - copied);
        copied = domain.start() + cut;
      }
      start = end;
    }
    if (copied == 0) {
      return header;
    }
    shortened.write(header, copied, header.length - copied);
    return shortened.toByteArray();
  }

  /** Behind the line end of the last line that belongs to the field. */
  private static int fieldEnd(byte[] header, int start) {
    int at = start;
    do {
      while (at < header.length && header[at] != '\n') {
        at++;
      }
      at = Math.min(at + 1, header.length);
    } while (at < header.length && (header[at] == ' ' || header[at] == '\t'));
    return at;
  }

  /** Behind the colon, if the field is one of those that are cut; otherwise -1. */
  private static int colonOf(byte[] header, int start, int end) {
    int colon = start;
    while (colon < end && colon - start <= 2 * MAX_NAME && header[colon] != ':') {
      colon++;
    }
    boolean found = colon < end && header[colon] == ':';
    String name = found ? text(header, start, colon).stripTrailing() : "";
    return FIELDS.contains(name.toLowerCase(Locale.ROOT)) ? colon + 1 : -1;
  }

  private static String text(byte[] octets, int start, int end) {
    return new String(octets, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** How many characters at the start of a domain are to go, the dot with them; 0 for none. */
  private int cut(String domain) {
    String lower = domain.toLowerCase(Locale.ROOT);
    if (domains.contains(lower) || !isDotAtom(lower)) {
      return 0;
    }
    for (int dot = lower.indexOf('.'); dot >= 0; dot = lower.indexOf('.', dot + 1)) {
      if (domains.contains(lower.substring(dot + 1))) {
        return dot + 1;
      }
    }
    return 0;
  }

  /** No empty label, and no sign that a domain cannot have. */
  private static boolean isDotAtom(String domain) {
    return domain.length() <= MAX_DOMAIN
        && !domain.startsWith(".")
        && !domain.endsWith(".")
        && !domain.contains("..")
        && domain.chars().noneMatch(c -> c <= ' ' || "()<>[]:;@\\,\"".indexOf(c) >= 0);
  }
}
