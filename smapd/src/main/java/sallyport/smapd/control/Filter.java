package sallyport.smapd.control;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import sallyport.netperm.DomainSet;

/**
 * Which messages are meant: those that fulfil everything that is not empty.
 *
 * @param states one of these
 * @param sender this
 * @param recipient a recipient that waits
 * @param domain {@code dom} or {@code *.dom} of a recipient that waits
 * @param least at least so old
 * @param most at most so old
 * @param hub where a recipient that waits goes: as the log shows it, or one host of it, with or
 *     without the port
 * @param reason contained in the reason, whatever the case
 */
public record Filter(
    Set<State> states,
    Optional<AddressPattern> sender,
    Optional<AddressPattern> recipient,
    Optional<String> domain,
    Optional<Duration> least,
    Optional<Duration> most,
    Optional<String> hub,
    Optional<String> reason) {
  /** The longest text of a criterion. */
  public static final int MAX_TEXT = 512;

  /** Every message. */
  public static final Filter ALL =
      new Filter(
          Set.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * Copies the set.
   *
   * @throws IllegalArgumentException for a domain that is none, or a text that is too long
   */
  public Filter {
    states = Set.copyOf(states);
    domain.ifPresent(text -> DomainSet.of(List.of(text)));
    if (hub.orElse("").length() > MAX_TEXT || reason.orElse("").length() > MAX_TEXT) {
      throw new IllegalArgumentException("expected at most " + MAX_TEXT + " characters");
    }
  }

  /** What can be said before the rest of a message is looked at. */
  public boolean mayMatch(State state, Instant arrived, Instant now) {
    Duration age = Duration.between(arrived, now);
    return (states.isEmpty() || states.contains(state))
        && (least.isEmpty() || age.compareTo(least.get()) >= 0)
        && (most.isEmpty() || age.compareTo(most.get()) <= 0);
  }

  /** Whether it fulfils everything. */
  public boolean matches(Entry entry, Instant now) {
    return mayMatch(entry.state(), entry.arrived(), now)
        && (sender.isEmpty() || sender.get().matches(entry.sender()))
        && (reason.isEmpty() || contains(entry.reason(), reason.get()))
        && hasRecipient(entry);
  }

  private boolean hasRecipient(Entry entry) {
    if (recipient.isEmpty() && domain.isEmpty() && hub.isEmpty()) {
      return true;
    }
    Optional<DomainSet> domains = domain.map(text -> DomainSet.of(List.of(text)));
    return entry.recipients().stream()
        .anyMatch(to ->
            (recipient.isEmpty() || recipient.get().matches(to.address()))
                && (domains.isEmpty() || domains.get().contains(to.domain()))
                && (hub.isEmpty() || goesTo(to.hub(), hub.get())));
  }

  private static boolean contains(String text, String part) {
    return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }

  private static boolean goesTo(String destination, String wanted) {
    String hub = wanted.toLowerCase(Locale.ROOT);
    String all = destination.toLowerCase(Locale.ROOT);
    if (all.equals(hub)) {
      return true;
    }
    for (String one : all.split(",", -1)) {
      if (one.equals(hub) || one.startsWith(hub + ":")) {
        return true;
      }
    }
    return false;
  }

  /** As words of a request. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    states.stream().sorted().forEach(state -> words.add("state=" + state.word()));
    sender.ifPresent(pattern -> words.add("sender=" + pattern.text()));
    recipient.ifPresent(pattern -> words.add("recipient=" + pattern.text()));
    domain.ifPresent(text -> words.add("domain=" + text));
    least.ifPresent(age -> words.add("least=" + age.toSeconds()));
    most.ifPresent(age -> words.add("most=" + age.toSeconds()));
    hub.ifPresent(text -> words.add("hub=" + text));
    reason.ifPresent(text -> words.add("reason=" + text));
    return words;
  }

  /** Reads words; of a criterion given twice the last counts, of states each. */
  static Optional<Filter> parse(List<String> words) {
    Criteria found = new Criteria();
    try {
      for (String word : words) {
        int equals = word.indexOf('=');
        if (equals < 0 || !found.take(word.substring(0, equals), word.substring(equals + 1))) {
          return Optional.empty();
        }
      }
      return Optional.of(found.filter());
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** Criteria while they are read. */
  private static final class Criteria {
    private final Set<State> states = EnumSet.noneOf(State.class);
    private Optional<AddressPattern> sender = Optional.empty();
    private Optional<AddressPattern> recipient = Optional.empty();
    private Optional<String> domain = Optional.empty();
    private Optional<Duration> least = Optional.empty();
    private Optional<Duration> most = Optional.empty();
    private Optional<String> hub = Optional.empty();
    private Optional<String> reason = Optional.empty();

    boolean take(String name, String value) {
      switch (name) {
        case "state" -> {
          Optional<State> state = State.of(value);
          state.ifPresent(states::add);
          return state.isPresent();
        }
        case "sender" -> sender = Optional.of(new AddressPattern(value));
        case "recipient" -> recipient = Optional.of(new AddressPattern(value));
        case "domain" -> domain = Optional.of(value);
        case "least" -> least = Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        case "most" -> most = Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        case "hub" -> hub = Optional.of(value);
        case "reason" -> reason = Optional.of(value);
        default -> {
          return false;
        }
      }
      return true;
    }

    Filter filter() {
      return new Filter(states, sender, recipient, domain, least, most, hub, reason);
    }
  }
}
