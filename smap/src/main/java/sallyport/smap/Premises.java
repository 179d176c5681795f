package sallyport.smap;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import sallyport.daemon.Admission;
import sallyport.daemon.EventLog;
import sallyport.daemon.Watchdog;
import sallyport.daemon.tls.ServerTls;
import sallyport.netperm.ListenAddress;
import sallyport.netperm.NameLookup;
import sallyport.smap.smtp.LineEnds;
import sallyport.smap.smtp.Mailbox;
import sallyport.smap.smtp.Policy;
import sallyport.smap.smtp.RecipientPolicy.Verdict;
import sallyport.smap.smtp.SenderPolicy;
import sallyport.smap.smtp.StartTls;
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

  static Set<Conversation> noSessions() {
    return ConcurrentHashMap.newKeySet();
  }

  /** The time for one whole command, at this moment. */
  Duration commandTime() {
    return admission.commandTime(config.timeout());
  }

  /** The time for a handshake, at this moment. */
  Duration handshakeTime() {
    return admission.handshakeTime(config.timeout());
  }

  /** Our certificates; there are some where a listener speaks TLS. */
  ServerTls tls() {
    return config.tls().orElseThrow();
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
  Policy policy(InetAddress client, ListenAddress.Tls tls) {
    boolean inside = config.localNets().contains(client);
    return new Policy(
        config.hostname(),
        config.limits(),
        config.normalized().contains(client) ? LineEnds.NORMALIZE : LineEnds.REJECT,
        startTls(tls),
        SenderPolicy.any(),
        recipient -> judge(recipient, inside));
  }

  private static StartTls startTls(ListenAddress.Tls tls) {
    return switch (tls) {
      case NONE, TLS -> StartTls.ABSENT;
      case STARTTLS -> StartTls.OFFERED;
      case STARTTLS_REQUIRED -> StartTls.REQUIRED;
    };
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
