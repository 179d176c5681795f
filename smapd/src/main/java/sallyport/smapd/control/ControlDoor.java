package sallyport.smapd.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.daemon.StartupException;
import sallyport.daemon.UnixListener;

/**
 * smapd's control socket and its sessions, each on a platform thread of its own, since files are
 * read. Only the account that smapd serves as may come in, by the kernel's word (SO_PEERCRED).
 */
public final class ControlDoor implements AutoCloseable {
  /** The socket's name below {@code queue/}. */
  public static final String SOCKET = ".control";

  /** Sessions at a time. */
  static final int MAX_SESSIONS = 8;

  /** How long a client may take nothing of what it asked for: a person reads it page by page. */
  static final Duration STALL = Duration.ofMinutes(15);

  /** After so long without an octet a session makes room, if all are taken. */
  static final Duration YIELDS = Duration.ofSeconds(10);

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);
  private static final Duration BUSY_BOUND = Duration.ofSeconds(1);

  private final UnixListener listener;
  private final UserPrincipal account;
  private final Administration administration;
  private final EventLog log;
  private final Set<ControlChannel> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Not open yet.
   *
   * @param account who may talk: the socket's owner
   * @param administration used by all sessions at the same time
   */
  public ControlDoor(
      UnixListener listener, UserPrincipal account, Administration administration, EventLog log) {
    this.listener = listener;
    this.account = account;
    this.administration = administration;
    this.log = log;
  }

  /**
   * Meets a peer once, so that what this needs is loaded before the root folder changes. Whoever
   * came first is turned away and comes again.
   */
  public static void rehearse(UnixListener listener) throws IOException, StartupException {
    try (SocketChannel mine = listener.connect();
        SocketChannel accepted = listener.channel().accept()) {
      peer(accepted);
      new ControlChannel(mine, STALL).close();
    }
  }

  /** Begins to accept. */
  public void open() {
    Thread.ofPlatform().daemon().name("control door").start(this::accept);
    log.write(Event.LISTENING, Field.of("address", listener.path().toString()));
  }

  private void accept() {
    while (listener.channel().isOpen()) {
      try {
        admit(listener.channel().accept());
      } catch (IOException e) {
        pauseAfter(e);
      }
    }
  }

  private void admit(SocketChannel channel) throws IOException {
    try {
      UserPrincipal from = peer(channel);
      if (closed) {
        // It came in while the listener was being closed.
        channel.close();
      } else if (!from.equals(account)) {
        log.write(Event.WRONG_PEER, socket(), Field.of("account", from.getName()));
        channel.close();
      } else if (isFull()) {
        turnAway(channel);
      } else {
        ControlChannel session = new ControlChannel(channel, STALL);
        sessions.add(session);
        if (closed) {
          // It came in while close() went through the others.
          session.close();
        }
        Thread.ofPlatform().daemon().name("control session").start(() -> serve(session));
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether there is no room, and none can be made. */
  private boolean isFull() throws IOException {
    if (sessions.size() < MAX_SESSIONS) {
      return false;
    }
    Optional<ControlChannel> idlest =
        sessions.stream()
            .min(Comparator.comparingLong(session -> session.progress() - System.nanoTime()))
            .filter(session -> System.nanoTime() - session.progress() > YIELDS.toNanos());
    if (idlest.isPresent()) {
      sessions.remove(idlest.get());
      idlest.get().close();
    }
    return idlest.isEmpty();
  }

  private static void turnAway(SocketChannel channel) throws IOException {
    try (ControlChannel busy = new ControlChannel(channel, BUSY_BOUND)) {
      busy.line(ControlSession.BUSY);
      busy.flush();
    }
  }

  private static UserPrincipal peer(SocketChannel channel) throws IOException {
    return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
  }

  private void serve(ControlChannel session) {
    try (session) {
      new ControlSession(session, administration).serve();
    } catch (IOException | RuntimeException e) {
      // An accident in a session must not end smapd.
      if (!closed) {
        log.write(
            Event.TROUBLE, Field.of("what", "control session"), Field.of("error", e.toString()));
      }
    } finally {
      sessions.remove(session);
    }
  }

  /** A failed accept (no descriptor left, say) must not become a busy loop. */
  private void pauseAfter(IOException failure) {
    if (!listener.channel().isOpen()) {
      return;
    }
    log.write(
        Event.TROUBLE,
        Field.of("what", "accept"),
        Field.of("error", String.valueOf(failure.getMessage())));
    try {
      TimeUnit.NANOSECONDS.sleep(PAUSE_AFTER_FAILURE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Field socket() {
    return Field.of("socket", listener.path().toString());
  }

  /** Takes no more connections and cuts the sessions; what a session does is done or not begun. */
  @Override
  public void close() {
    closed = true;
    listener.close();
    for (ControlChannel session : sessions) {
      try {
        session.close();
      } catch (IOException e) {
        // The client sees the end of the connection all the same.
      }
    }
  }
}
