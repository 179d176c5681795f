package sallyport.smap;

import java.util.List;
import sallyport.netperm.DomainSet;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/**
 * Which mail smapd can carry on, judged by its own lines of the table: what nothing carries must be
 * refused at the door, not kept until it is too old.
 *
 * @param incoming there is a {@code relay}, or a {@code sendmail} that takes what no other line
 *     takes
 * @param outgoing there is a {@code relay-out}, or a {@code sendmail}
 * @param named domains of {@code route} lines, which come before both
 */
record Carriage(boolean incoming, boolean outgoing, DomainSet named) {

  static Carriage of(Settings smapd) {
    List<String> domains =
        smapd.each("route").stream()
            .map(Rule::values)
            .filter(values -> values.size() >= 2)
            .map(List::getFirst)
            .filter(Carriage::isDomain)
            .toList();
    boolean sendmail = !smapd.each("sendmail").isEmpty();
    return new Carriage(
        sendmail || !smapd.each("relay").isEmpty(),
        sendmail || !smapd.each("relay-out").isEmpty(),
        DomainSet.of(domains));
  }

  private static boolean isDomain(String text) {
    try {
      return !DomainSet.of(List.of(text)).isEmpty();
    } catch (IllegalArgumentException e) {
      return false; // smapd's own reading of the line says what is wrong with it.
    }
  }

  boolean carries(String domain, boolean local) {
    return named.contains(domain) || (local ? incoming : outgoing);
  }
}
