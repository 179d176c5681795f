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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sallyport.netperm.HostAndPort;

/**
 * A mail server that takes our mail, and the connections to it.
 *
 * <p>A connection is kept when a message is through, and used for the next one by whichever worker
 * comes first, so that there are never more connections than deliveries at one time. A kept
 * connection is looked at, at no cost but a system call, before it is used; if the hub closed it
 * all the same, and nothing but MAIL was said, the message goes over a fresh one.
 *
 * <p>Safe for all threads; {@link #deliver} blocks.
 */
final class Hub implements Agent {

  /** How long a connection is kept without work. Hubs commonly wait for 5 minutes. */
  static final Duration IDLE = Duration.ofSeconds(30);

  /** After this many messages a connection is closed, so that a balancer can move us. */
  static final int MESSAGES = 100;

  /** Addresses of one hub that are tried in one attempt. */
  static final int ADDRESSES = 4;

  private final Destination.Hubs name;
  private final String hostname;
  private final HubAddresses addresses;
  private final Session session;
  private final HubTimes times;

  private final Deque<Kept> idle = new ArrayDeque<>();
  private final Set<HubTransport> open = new HashSet<>();
  private boolean cut;

  /** A connection with its history. */
  private record Kept(HubTransport transport, int messages, long since) {}

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
   */
  Hub(
      Destination.Hubs name,
      String hostname,
      HubAddresses addresses,
      Session session,
      HubTimes times) {
    this.name = name;
    this.hostname = hostname;
    this.addresses = addresses;
    this.session = session;
    this.times = times;
  }

  @Override
  public Destination.Hubs name() {
    return name;
  }

  @Override
  public Handover.Result deliver(Handover handover) {
    try {
      Optional<Kept> kept = takeKept();
      if (kept.isPresent()) {
        Handover.Result result = send(kept.get(), handover);
        if (!kept.get().transport().endedBeforeMail()
            || result instanceof Handover.Result.Unreadable) {
          return result;
        }
      }
      return send(new Kept(connect(), 0, 0), handover);
    } catch (NoConnection e) {
      return e.result;
    }
  }

  private Handover.Result send(Kept kept, Handover handover) {
    HubTransport transport = kept.transport();
    boolean sent = false;
    try {
      Handover.Result result = transport.send(handover);
      sent = true;
      return result;
    } finally {
      if (!sent || !transport.isUsable()) {
        drop(transport);
      } else if (kept.messages() + 1 >= MESSAGES) {
        quit(transport);
      } else {
        keep(new Kept(transport, kept.messages() + 1, System.nanoTime()));
      }
    }
  }

  private Optional<Kept> takeKept() {
    while (true) {
      Kept kept;
      synchronized (this) {
        kept = idle.pollLast();
      }
      if (kept == null || kept.transport().isUsable()) {
        return Optional.ofNullable(kept);
      }
      drop(kept.transport());
    }
  }

  private synchronized void keep(Kept kept) {
    if (cut) {
      drop(kept.transport());
    } else {
      idle.addLast(kept);
    }
  }

  private HubTransport connect() throws NoConnection {
    List<String> reasons = new ArrayList<>();
    for (HostAndPort hub : name.inOrder()) {
      for (InetSocketAddress address : addressesOf(hub, reasons)) {
        try {
          return connect(address, peer(hub, address));
        } catch (IOException | MessagingException e) {
          reasons.add(address.getAddress().getHostAddress() + ": " + HubTransport.deepest(e));
        }
      }
    }
    throw unreachable(String.join("; ", reasons));
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

  private static Handover.Peer peer(HostAndPort hub, InetSocketAddress address) {
    String digits = address.getAddress().getHostAddress();
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

  private HubTransport connect(InetSocketAddress address, Handover.Peer peer)
      throws IOException, MessagingException, NoConnection {
    BoundedSocket socket = BoundedSocket.connect(address, times.connect());
    HubTransport transport = new HubTransport(session, socket, peer, times);
    boolean opened = false;
    try {
      register(transport);
      transport.open();
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
        if (kept == null || System.nanoTime() - kept.since() < IDLE.toNanos()) {
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
    }
    all.forEach(HubTransport::cut);
  }
}
