package sallyport.smapd;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import sallyport.netperm.AddressSet;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/**
 * What the table wants done with messages in which smapd's checks find something: {@code
 * header-check}, {@code header-match}, {@code maxhops}. Immutable.
 *
 * @param hops the most Received fields that a message may have had when it came to the gateway
 * @param actions for each fault; those that are not given have their default
 * @param matches in the order of the table
 * @param localNets clients to whose mail a bounce may be sent
 */
record HeaderPolicy(
    int hops,
    Map<HeaderFault, HeaderAction> actions,
    List<HeaderMatch> matches,
    AddressSet localNets) {

  /** The most {@code header-match} lines; each costs time in proportion to every header. */
  static final int MAX_MATCHES = 100;

  /** What may be done, for messages about the table. */
  static final String ACTIONS = "pass, set-aside, bounce, discard";

  private static final List<String> KEYWORDS = List.of("header-check", "header-match");
  private static final int HOPS = 50;
  private static final int MOST_HOPS = 1_000;

  /** What an empty table says. */
  static final HeaderPolicy DEFAULT =
      new HeaderPolicy(HOPS, Map.of(), List.of(), AddressSet.of(List.of()));

  /** Copies both, and has an action for every fault. */
  HeaderPolicy {
    Map<HeaderFault, HeaderAction> all = new EnumMap<>(HeaderFault.class);
    for (HeaderFault fault : HeaderFault.values()) {
      all.put(fault, actions.getOrDefault(fault, fault.byDefault()));
    }
    actions = Collections.unmodifiableMap(all);
    matches = List.copyOf(matches);
  }

  /** Reads the keywords. What is wrong is left in {@code settings}. */
  static HeaderPolicy of(Settings settings) {
    HeaderPolicy policy =
        new HeaderPolicy(
            settings.count("maxhops", HOPS, 1, MOST_HOPS),
            checks(settings),
            matches(settings),
            settings.addresses("local-nets"));
    policy.warnOfVainBounces(settings);
    return policy;
  }

  private void warnOfVainBounces(Settings settings) {
    for (String keyword : localNets.isEmpty() ? KEYWORDS : List.<String>of()) {
      for (Rule rule : settings.each(keyword)) {
        if (rule.values().size() > 1 && rule.values().get(1).equals("bounce")) {
          settings.warning(
              rule.at(), keyword + ": bounce sets aside, since smapd has no 'local-nets'");
        }
      }
    }
  }

  private static Map<HeaderFault, HeaderAction> checks(Settings settings) {
    Map<HeaderFault, HeaderAction> actions = new EnumMap<>(HeaderFault.class);
    for (Rule rule : settings.each("header-check")) {
      List<String> values = rule.values();
      HeaderFault fault = values.size() == 2 ? HeaderFault.BY_WORD.get(values.get(0)) : null;
      HeaderAction action = values.size() == 2 ? HeaderAction.BY_WORD.get(values.get(1)) : null;
      if (fault == null || action == null) {
        settings.error(rule.at(), "header-check: expected " + expected(values));
      } else if (action == HeaderAction.PASS && !fault.mayPass()) {
        settings.error(
            rule.at(),
            "header-check: "
                + fault.word()
                + " cannot pass, since others would read another message than was checked");
      } else if (actions.putIfAbsent(fault, action) != null) {
        settings.warning(
            rule.at(), "header-check: a line above decides on " + fault.word() + " already");
      }
    }
    return actions;
  }

  private static String expected(List<String> values) {
    if (values.size() != 2) {
      return "NAME ACTION";
    }
    if (!HeaderFault.BY_WORD.containsKey(values.get(0))) {
      List<String> names = new ArrayList<>(HeaderFault.BY_WORD.keySet());
      Collections.sort(names);
      return "a name, one of " + String.join(", ", names);
    }
    return "an action, one of " + ACTIONS;
  }

  private static List<HeaderMatch> matches(Settings settings) {
    List<HeaderMatch> matches = new ArrayList<>();
    for (Rule rule : settings.each("header-match")) {
      try {
        if (matches.size() == MAX_MATCHES) {
          throw new IllegalArgumentException("header-match: more than " + MAX_MATCHES + " lines");
        }
        matches.add(HeaderMatch.of(rule));
      } catch (IllegalArgumentException e) {
        settings.error(rule.at(), String.valueOf(e.getMessage()));
      }
    }
    return matches;
  }

  /** What the table wants done about a fault. */
  HeaderAction actionFor(HeaderFault fault) {
    return Objects.requireNonNull(actions.get(fault));
  }

  /**
   * Whether a bounce may be sent for mail of this client. To a stranger it would be backscatter:
   * the sender of such mail is often forged.
   *
   * @param clientAddress an IP address as text; of anything else nothing is bounced
   */
  boolean mayBounceTo(String clientAddress) {
    try {
      return localNets.contains(InetAddress.ofLiteral(clientAddress));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What is done with a message that came from this client. */
  Verdict forClient(Verdict verdict, String clientAddress) {
    return switch (verdict) {
      case Verdict.Pass _ -> verdict;
      case Verdict.Refused refused -> forClient(refused, clientAddress);
    };
  }

  /** The same for what may not be handed on. */
  Verdict.Refused forClient(Verdict.Refused refused, String clientAddress) {
    return mayBounceTo(clientAddress) ? refused : refused.withoutBounce();
  }

  /** Judges the sender of an envelope. Of a faulty one nothing is bounced: it would go to him. */
  Verdict ofSender(String sender) {
    return switch (verdict(EnvelopeCheck.faultOfSender(sender), "sender")) {
      case Verdict.Pass pass -> pass;
      case Verdict.Refused refused -> refused.withoutBounce();
    };
  }

  /** Judges a recipient of an envelope; whether a bounce may be sent is not asked here. */
  Verdict ofRecipient(String recipient) {
    return verdict(EnvelopeCheck.faultOfRecipient(recipient), "recipient");
  }

  private Verdict verdict(Optional<HeaderFault> fault, String who) {
    return fault.isEmpty() || actionFor(fault.get()) == HeaderAction.PASS
        ? new Verdict.Pass()
        : refusal(fault.get(), who + " is no address that may be handed on");
  }

  /** For a fault that may not pass. */
  Verdict.Refused refusal(HeaderFault fault, String reason) {
    return new Verdict.Refused(actionFor(fault), fault.word(), reason, fault.status());
  }
}
