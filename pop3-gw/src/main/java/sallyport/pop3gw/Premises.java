package sallyport.pop3gw;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import sallyport.authdb.protocol.AuthsrvClient;
import sallyport.daemon.Admission;
import sallyport.daemon.EventLog;
import sallyport.daemon.ServerAddresses;
import sallyport.daemon.Watchdog;
import sallyport.netperm.NameLookup;
import sallyport.pop3gw.pop3.Dialogue;

/**
 * What all sessions share. Thread-safe.
 *
 * @param names of clients, looked up only if a rule needs one
 * @param addresses of the inside servers, and of nobody else
 * @param threads makes virtual threads, whose accidents are logged and end their session only
 * @param sessions the open ones; bounded by {@link Admission}
 */
record Premises(
    Pop3Config config,
    Dialogue dialogue,
    NameLookup names,
    ServerAddresses addresses,
    AuthsrvClient authsrv,
    Admission admission,
    RelayBuffers buffers,
    EventLog log,
    Watchdog watchdog,
    ThreadFactory threads,
    Set<Session> sessions) {

  static Set<Session> noSessions() {
    return ConcurrentHashMap.newKeySet();
  }

  /** The time for one whole command, at this moment. */
  Duration commandTime() {
    return admission.commandTime(config.timeout());
  }

  /** The time for a client's handshake, at this moment. */
  Duration handshakeTime() {
    return admission.handshakeTime(config.timeout());
  }
}
