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
 * @param loops carry what is readable on both wires
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
    RelayLoops loops,
    EventLog log,
    Watchdog watchdog,
    ThreadFactory threads,
    Set<Session> sessions) {

  static Set<Session> noSessions() {
    return ConcurrentHashMap.newKeySet();
  }

  /** What is to carry octets between these two, and owns them from now on. */
  Relay relay(Leg client, Leg server) {
    Duration idle = config.relayTimeout();
    return client.plain().isPresent() && server.plain().isPresent()
        ? new ChannelRelay(client, server, loops.next(), idle)
        : new StreamRelay(client, server, buffers, threads, idle);
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
