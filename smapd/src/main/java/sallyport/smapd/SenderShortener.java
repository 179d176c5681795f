package sallyport.smapd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sallyport.netperm.DomainSet;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/** Cuts {@code host.DOMAIN} to {@code DOMAIN} in the sender's addresses of mail that goes out. */
final class SenderShortener {

  private SenderShortener() {}

  /** Reads the {@code shorten-sender} lines. What is wrong is left in {@code settings}. */
  static List<String> domains(Settings settings) {
    List<String> domains = new ArrayList<>();
    for (Rule rule : settings.each("shorten-sender")) {
      for (String domain : rule.values()) {
        try {
          if (domain.startsWith("*")) {
            throw new IllegalArgumentException("expected a domain without *");
          }
          DomainSet.of(List.of(domain));
          domains.add(domain.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
          settings.error(rule.at(), "shorten-sender: " + e.getMessage());
        }
      }
    }
    return domains;
  }
}
