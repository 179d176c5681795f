package sallyport.smapd;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.daemon.Watchdog;
import sallyport.daemon.tls.ClientTls;
import sallyport.netperm.HostAndPort;

/**
 * Mail servers that take our mail, one as good as the other, and the connections to them.
 *
 * <p>A connection is kept when a message is through, and used for the next one by whichever worker
 * comes first, so that there are never more connections than deliveries at one time. A kept
 * connection is looked at, at no cost but a system call, before it is used; if the hub closed it
 * all the same, and nothing but MAIL was said, the message goes over a fresh one. The envelope of
 * the message that the same worker sends next may leave with the final dot of the one before; the
 * connection is then kept for that message.
 *
 * <p>A fresh connection is made to the first address, in the order of the table, that takes one and
 * greets us kindly. An address that did not is left out for {@link #AVOIDED}, unless no other is
 * left, so that a dead hub costs its time-out only now and then. No connection is kept longer than
 * {@link #AGE}, so that the mail comes back to a hub that is preferred and up again.
 *
 * <p>Safe for all threads; {@link #deliver} blocks.
 */
final class Hub implements Agent {

  /** How long a connection is kept without work. Hubs commonly wait for 5 minutes. */
  static final Duration IDLE = Duration.ofSeconds(30);

  /** After this many messages a connection is closed, so that a balancer can move us. */
  static final int MESSAGES = 1_000;

  /** After this time a connection is used no more, so that the preferred hub gets its turn. */
  static final Duration AGE = Duration.ofMinutes(5);

  /** For this time an address that took no connection is asked after all others. */
  static final Duration AVOIDED = Duration.ofMinutes(1);

  /** Addresses of one hub that are tried in one attempt. */
  static final int ADDRESSES = 4;

  private final Destination.Hubs name;
  private final String hostname;
  private final HubAddresses addresses;
  private final Session session;
  private final HubTimes times;
  private final Watchdog watchdog;
  private final EventLog log;
  private final LongSupplier nanoTime;

  private final Deque<Kept> idle = new ArrayDeque<>();

  /**
   * Where a message was begun already that a worker has in its hands, but has not come with yet.
   */
  private final IdentityHashMap<Handover, Kept> begun = new IdentityHashMap<>();

  private final Set<HubTransport> open = new HashSet<>();
  private final Map<InetSocketAddress, Long> missed = new HashMap<>();
  private boolean cut;

  /**
   * A connection with its history.
   *
   * @param opened when it was made
   * @param since since when it rests
   */
  private record Kept(HubTransport transport, long opened, int messages, long since) {}

  /** Where a connection may lead. */
  private record Candidate(HostAndPort hub, InetSocketAddress address) {}

  /** There is no connection; {@code loop} if the hub is ourselves. */
  private static final class NoConnection extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Handover.Result result;

    NoConnection(Handover.Result result) {
      this.result = result;
    }
  }

  /**
   * A hub to which nothing is connected yet.
   *
   * @param hostname our own name
   * @param watchdog keeps the deadlines of all connections
   * @param log told of TLS that was wanted and is not there
   */
  Hub(
      Destination.Hubs name,
      String hostname,
      HubAddresses addresses,
      Session session,
      HubTimes times,
      Watchdog watchdog,
      EventLog log) {
    this(name, hostname, addresses, session, times, watchdog, log, System::nanoTime);
  }

  Hub(
      Destination.Hubs name,
      String hostname,
      HubAddresses addresses,
      Session session,
      HubTimes times,
      Watchdog watchdog,
      EventLog log,
      LongSupplier nanoTime) {
    this.name = name;
    this.hostname = hostname;
    this.addresses = addresses;
    this.session = session;
    this.times = times;
    this.watchdog = watchdog;
    this.log = log;
    this.nanoTime = nanoTime;
  }

  @Override
  public Destination.Hubs name() {
    return name;
  }

  @Override
  public Handover.Result deliver(Handover handover, Handover.Behind behind) {
    try {
      Optional<Kept> kept = takeBegun(handover).or(this::takeKept);
      if (kept.isPresent()) {
        Handover.Result result = send(kept.get(), handover, behind);
        if (!kept.get().transport().endedBeforeMail()
            || result instanceof Handover.Result.Unreadable) {
          return result;
        }
      }
      return send(new Kept(connect(), now(), 0, 0), handover, behind);
    } catch (NoConnection e) {
      return e.result;
    }
  }

  private Handover.Result send(Kept kept, Handover handover, Handover.Behind behind) {
    HubTransport transport = kept.transport();
    boolean last = kept.messages() + 1 >= MESSAGES || isOld(kept);
    boolean sent = false;
    try {
      Handover.Result result = transport.send(handover, last ? Handover.Behind.NOTHING : behind);
      sent = true;
      return result;
    } finally {
      if (!sent || transport.isClosed()) {
        drop(transport);
      } else if (last) {
        quit(transport);
      } else {
        keep(new Kept(transport, kept.opened(), kept.messages() + 1, now()));
      }
    }
  }

  private long now() {
    return nanoTime.getAsLong();
  }

  private boolean isOld(Kept kept) {
    return now() - kept.opened() >= AGE.toNanos();
  }

  private Optional<Kept> takeKept() {
    while (true) {
      Kept kept;
      synchronized (this) {
        kept = idle.pollLast();
      }
      if (kept == null) {
        return Optional.empty();
      } else if (!kept.transport().isUsable()) {
        drop(kept.transport());
      } else if (isOld(kept)) {
        quit(kept.transport());
      } else {
        return Optional.of(kept);
      }
    }
  }

  private synchronized Optional<Kept> takeBegun(Handover handover) {
    return Optional.ofNullable(begun.remove(handover));
  }

  private synchronized void keep(Kept kept) {
    Optional<Handover> next = kept.transport().begun();
    if (cut) {
      drop(kept.transport());
    } else if (next.isPresent()) {
      begun.put(next.get(), kept);
    } else {
      idle.addLast(kept);
    }
  }

  private HubTransport connect() throws NoConnection {
    List<String> reasons = new ArrayList<>();
    List<Candidate> avoided = new ArrayList<>();
    for (HostAndPort hub : name.inOrder()) {
      for (InetSocketAddress address : addressesOf(hub, reasons)) {
        Candidate candidate = new Candidate(hub, address);
        if (isAvoided(address)) {
          avoided.add(candidate);
        } else {
          Optional<HubTransport> transport = connect(candidate, reasons);
          if (transport.isPresent()) {
            return transport.get();
          }
        }
      }
    }
    for (Candidate candidate : avoided) {
      Optional<HubTransport> transport = connect(candidate, reasons);
      if (transport.isPresent()) {
        return transport.get();
      }
    }
    throw unreachable(String.join("; ", reasons));
  }

  private Optional<HubTransport> connect(Candidate candidate, List<String> reasons)
      throws NoConnection {
    InetSocketAddress address = candidate.address();
    try {
      HubTransport transport = connectByTheTable(candidate);
      synchronized (this) {
        missed.remove(address);
      }
      return Optional.of(transport);
    } catch (IOException | MessagingException e) {
      reasons.add(address.getAddress().getHostAddress() + ": " + HubTransport.deepest(e));
      synchronized (this) {
        missed.put(address, now());
      }
      return Optional.empty();
    }
  }

  private synchronized boolean isAvoided(InetSocketAddress address) {
    // Names may lead to ever new addresses; what is old is forgotten.
    missed.values().removeIf(when -> now() - when >= AVOIDED.toNanos());
    return missed.containsKey(address);
  }

  private List<InetSocketAddress> addressesOf(HostAndPort hub, List<String> reasons) {
    try {
      List<InetSocketAddress> found = addresses.of(hub);
      return found.subList(0, Math.min(ADDRESSES, found.size()));
    } catch (IOException e) {
      reasons.add(HubTransport.deepest(e));
      return List.of();
    }
  }

  private static Handover.Peer peer(Candidate candidate) {
    HostAndPort hub = candidate.hub();
    String digits = candidate.address().getAddress().getHostAddress();
    String text =
        isLiteral(hub.host()) ? hub.toString() : hub.host() + "[" + digits + "]:" + hub.port();
    return new Handover.Peer(hub.host(), text);
  }

  private static boolean isLiteral(String host) {
    try {
      InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What tls=may cannot have is done without, on a connection that has seen no handshake. */
  private HubTransport connectByTheTable(Candidate candidate)
      throws IOException, MessagingException, NoConnection {
    InetSocketAddress address = candidate.address();
    Handover.Peer peer = peer(candidate);
    try {
      return connect(address, peer, name.tls().towards(candidate.hub().host()));
    } catch (BoundedSocket.InjectionException e) {
      log.write(
          Event.HUB_SUSPECT,
          Field.of("hub", peer.text()),
          Field.of("reason", String.valueOf(e.getMessage())));
      throw e;
    } catch (HubTransport.TlsFailedException e) {
      if (name.tls().mode() != ClientTls.Mode.MAY) {
        throw e;
      }
      String reason = HubReply.clean(HubTransport.deepest(e));
      log.write(Event.HUB_WITHOUT_TLS, Field.of("hub", peer.text()), Field.of("reason", reason));
      return connect(address, peer, Optional.empty());
    }
  }

  private HubTransport connect(
      InetSocketAddress address, Handover.Peer peer, Optional<ClientTls> tls)
      throws IOException, MessagingException, NoConnection {
    BoundedSocket socket = BoundedSocket.connect(address, times.connect(), watchdog);
    HubTransport transport = new HubTransport(session, socket, peer, times, nanoTime);
    boolean opened = false;
    try {
      register(transport);
      transport.open(tls, name.tls().start(address.getPort()));
      refuseLoop(transport);
      opened = true;
      return transport;
    } catch (MessagingException e) {
      HubReply greeting = transport.greeting();
      HubReply said = transport.hello() != null ? transport.hello() : greeting;
      if (said == null || said.isPositive()) {
        throw e;
      }
      throw new IOException(said.text(), e);
    } finally {
      if (!opened) {
        drop(transport);
      }
    }
  }

  private synchronized void register(HubTransport transport) throws IOException {
    if (cut) {
      throw new IOException("smapd is stopping");
    }
    open.add(transport);
  }

  private void refuseLoop(HubTransport transport) throws NoConnection {
    for (HubReply reply : new HubReply[] {transport.greeting(), transport.hello()}) {
      if (reply != null && reply.firstWord().equalsIgnoreCase(hostname)) {
        throw new NoConnection(new Handover.Result.Loop(reply.text()));
      }
    }
  }

  private static NoConnection unreachable(String reason) {
    return new NoConnection(new Handover.Result.Unreachable(HubReply.clean(reason)));
  }

  /** Says QUIT on connections that have rested for {@link #IDLE}. */
  @Override
  public void closeIdle() {
    while (true) {
      Kept kept;
      synchronized (this) {
        kept = idle.peekFirst();
        if (kept == null || now() - kept.since() < IDLE.toNanos()) {
          return;
        }
        idle.removeFirst();
      }
      quit(kept.transport());
    }
  }

  private void quit(HubTransport transport) {
    try {
      transport.close();
    } catch (MessagingException e) {
      // It is closed all the same.
    } finally {
      drop(transport);
    }
  }

  private void drop(HubTransport transport) {
    transport.cut();
    synchronized (this) {
      open.remove(transport);
    }
  }

  /** Says QUIT on all resting connections. */
  @Override
  public void close() {
    while (true) {
      Kept kept;
      synchronized (this) {
        kept = idle.pollFirst();
      }
      if (kept == null) {
        return;
      }
      quit(kept.transport());
    }
  }

  /** Drops every connection, also under a worker's hands, and allows no new one. */
  @Override
  public void cut() {
    List<HubTransport> all;
    synchronized (this) {
      cut = true;
      all = List.copyOf(open);
      open.clear();
      idle.clear();
      begun.clear();
    }
    all.forEach(HubTransport::cut);
  }
}
