package sallyport.smap;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import sallyport.daemon.Admission;
import sallyport.daemon.EventLog;
import sallyport.daemon.Watchdog;
import sallyport.netperm.NameLookup;
import sallyport.smap.smtp.LineEnds;
import sallyport.smap.smtp.Mailbox;
import sallyport.smap.smtp.Policy;
import sallyport.smap.smtp.RecipientPolicy.Verdict;
import sallyport.smap.smtp.SenderPolicy;
import sallyport.spool.Collector;
import sallyport.spool.QueueIds;

/**
 * What all sessions share. Thread-safe.
 *
 * @param sessions the open ones; bounded by {@link Admission}
 */
record Premises(
    SmapConfig config,
    NameLookup names,
    RecipientList valid,
    Admission admission,
    Collector collector,
    QueueIds ids,
    EventLog log,
    Watchdog watchdog,
    Set<Conversation> sessions) {

  /** The time for a command while places are scarce. */
  static final Duration CROWDED_TIME = Duration.ofSeconds(10);

  static Set<Conversation> noSessions() {
    return ConcurrentHashMap.newKeySet();
  }

  /** The time for one whole command, at this moment. */
  Duration commandTime() {
    Duration usual = config.timeout();
    return admission.crowded() && usual.compareTo(CROWDED_TIME) > 0 ? CROWDED_TIME : usual;
  }

  /** A conversation begins. */
  void enter(Conversation conversation) {
    sessions.add(conversation);
  }

  /** A conversation has ended. */
  void leave(Conversation conversation) {
    sessions.remove(conversation);
  }

  /** The rules of this client's session. */
  Policy policy(InetAddress client) {
    boolean inside = config.localNets().contains(client);
    return new Policy(
        config.hostname(),
        config.limits(),
        config.normalized().contains(client) ? LineEnds.NORMALIZE : LineEnds.REJECT,
        SenderPolicy.any(),
        recipient -> judge(recipient, inside));
  }

  private Verdict judge(Mailbox recipient, boolean inside) {
    boolean local = config.localDomains().contains(recipient.domain());
    if (!local && !inside) {
      return Verdict.RELAYING_DENIED;
    }
    if (!config.carriage().carries(recipient.domain(), local)) {
      return Verdict.NO_ROUTE;
    }
    return !local || valid.has(recipient) ? Verdict.ACCEPT : Verdict.UNKNOWN;
  }
}
