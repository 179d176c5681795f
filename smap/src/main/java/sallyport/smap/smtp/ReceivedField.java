package sallyport.smap.smtp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The trace field that is put on top of every message.
 *
 * <pre>
 *   Time-stamp-line = "Received:" FWS Stamp CRLF
 *   Stamp           = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
 *   From-domain     = "FROM" FWS Extended-Domain
 *   Extended-Domain = Domain / ( Domain FWS "(" TCP-info ")" ) / ...
 *   Opt-info        = [Via] [With] [ID] [For] [Additional-Registered-Clauses]
 *                                                                      (RFC 5321 section 4.4)
 * </pre>
 *
 * The HELO name and the client's name are hostile: whatever is not a domain, an address literal or
 * a character of an atom becomes a question mark, so no comment can be closed or opened, no field
 * folded, no clause forged.
 */
public final class ReceivedField {
  /** Where lines are folded if they can be, RFC 5322 section 2.1.1. */
  private static final int FOLD_AT = 78;

  /** Longest piece of hostile text; with it no line can reach 998 octets. */
  private static final int MAX_TEXT = 255;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss '+0000'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private ReceivedField() {}

  /**
   * The field with its CR LF.
   *
   * @param client the address of the client
   * @param clientName its confirmed name, or {@code unknown}
   * @param host our own name
   * @param queueId the id of the message
   * @param transaction for the greeting, and for the recipient if there is exactly one
   * @param tls what the channel is, in words of our own, as {@code TLSv1.3 …}; empty in the clear
   * @param arrival written in UTC
   */
  public static byte[] of(
      InetAddress client,
      String clientName,
      String host,
      String queueId,
      Transaction transaction,
      String tls,
      Instant arrival) {
    Greeting greeting = transaction.greeting();
    StringBuilder field = new StringBuilder("Received: from ").append(safe(greeting.name()));
    int column = field.length();
    column = add(field, column, "(" + safe(clientName) + " " + literal(client) + ")");
    column = add(field, column, "by " + safe(host));
    column = add(field, column, "(Sallyport smap)");
    column = add(field, column, "with " + greeting.with());
    if (!tls.isEmpty()) {
      column = add(field, column, "(" + tls + ")");
    }
    List<Recipient> recipients = transaction.recipients();
    boolean single = recipients.size() == 1;
    column = add(field, column, "id " + safe(queueId) + (single ? "" : ";"));
    if (single) {
      column = add(field, column, "for <" + recipients.getFirst().text() + ">;");
    }
    add(field, column, DATE.format(arrival));
    return field.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Adds a piece behind a blank, or on a line of its own; returns the column behind it. */
  private static int add(StringBuilder field, int column, String piece) {
    if (column + 1 + piece.length() <= FOLD_AT) {
      field.append(' ').append(piece);
      return column + 1 + piece.length();
    }
    field.append("\r\n\t").append(piece);
    return 1 + piece.length();
  }

  private static String safe(String text) {
    String bounded = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    if (Domains.isDomainOrLiteral(bounded)) {
      return bounded;
    }
    StringBuilder out = new StringBuilder(bounded);
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (!Characters.isAtomText(c) && c != '.') {
        out.setCharAt(i, '?');
      }
    }
    return out.isEmpty() ? "?" : out.toString();
  }

  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    String plain = scope < 0 ? text : text.substring(0, scope);
    return address instanceof Inet6Address ? "[IPv6:" + plain + "]" : "[" + plain + "]";
  }
}
