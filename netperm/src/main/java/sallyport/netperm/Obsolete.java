package sallyport.netperm;

import java.util.Map;
import java.util.Optional;

/** Keywords of older tables that are no longer read, and what took their place. */
final class Obsolete {
  private static final Map<String, String> SUCCESSORS =
      Map.ofEntries(
          Map.entry("executable", "each daemon is started by its own service unit"),
          Map.entry("nobogus", "an unknown user is always answered like a known one"),
          Map.entry("chroot", "use 'directory'"),
          Map.entry("local_domains", "use 'local-domains'"),
          Map.entry("local_nets", "use 'local-nets'"),
          Map.entry("block_nets", "use 'deny-hosts'"),
          Map.entry("spam", "filtering by content belongs on the inside mail server"),
          Map.entry("denydest-msg", "use 'denial-msg'"),
          Map.entry("bad-from", "use 'header-check from-missing ACTION' and its like"),
          Map.entry("bad-date", "use 'header-check date-missing ACTION' and its like"),
          Map.entry("bad-message-id", "use 'header-check message-id-repeated ACTION' and its like"),
          Map.entry("bad-address", "use 'header-check address-unreadable ACTION'"));

  private Obsolete() {}

  /** What an administrator is told instead, if the line is one of those. */
  static Optional<String> successor(Rule rule, String application) {
    if (rule.keyword().equals("authserver") && namesHostAndPort(rule)) {
      return Optional.of("use 'authserver PATH', the Unix socket of authsrv");
    }
    if (rule.keyword().equals(HostRules.KEYWORD) && application.equals("authsrv")) {
      return Optional.of("use 'listen PATH ACCOUNT', authsrv has no network");
    }
    return Optional.ofNullable(SUCCESSORS.get(rule.keyword()));
  }

  private static boolean namesHostAndPort(Rule rule) {
    return rule.values().size() == 2
        && rule.values().getLast().chars().allMatch(Character::isDigit);
  }
}
