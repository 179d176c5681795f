package sallyport.authdb.authsrv;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.daemon.Service;
import sallyport.daemon.UnixListener;

/**
 * One socket of authsrv and its sessions. Who may come in is the kernel's word (SO_PEERCRED), not
 * the peer's; a stranger gets not one octet.
 */
final class Door implements AutoCloseable {
  /** Sessions at a time; a gateway has one. */
  static final int MAX_SESSIONS = 16;

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

  private static final Duration LAST_WORDS_STEP = Duration.ofMillis(5);

  private final UnixListener listener;
  private final Set<UserPrincipal> accounts;
  private final Broker broker;
  private final Held held;
  private final EventLog log;
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Not open yet.
   *
   * @param accounts who may talk
   */
  Door(UnixListener listener, Set<UserPrincipal> accounts, Broker broker, Held held, EventLog log) {
    this.listener = listener;
    this.accounts = accounts;
    this.broker = broker;
    this.held = held;
    this.log = log;
  }

  /** Begins to accept; the thread does nothing else. */
  Thread open() {
    Thread accepting = Thread.ofPlatform().daemon().name("authsrv door").start(this::accept);
    log.write(Event.LISTENING, Field.of("address", listener.path().toString()));
    return accepting;
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
    UserPrincipal account = peer(channel);
    if (!accounts.contains(account)) {
      log.write(Event.WRONG_PEER, socket(), Field.of("account", account.getName()));
      channel.close();
    } else if (sessions.size() >= MAX_SESSIONS) {
      log.write(
          Event.TROUBLE, Field.of("what", "sessions"), Field.of("error", "too many at a time"));
      channel.close();
    } else {
      Session session = session(channel);
      sessions.add(session);
      if (closed) {
        // It came in while close() went through the others.
        session.cut();
      }
      log.write(Event.CONNECT, socket(), Field.of("account", account.getName()));
      Thread.ofPlatform().daemon().name("authsrv session").start(() -> serve(session));
    }
  }

  private Session session(SocketChannel channel) throws IOException {
    try {
      return new Session(channel, listener.path().toString(), broker, held, log);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** The account at the other end, as the kernel knows it. */
  static UserPrincipal peer(SocketChannel channel) throws IOException {
    try {
      return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void serve(Session session) {
    long start = System.nanoTime();
    try {
      session.serve();
    } finally {
      Duration lasted = Duration.ofNanos(System.nanoTime() - start);
      log.write(Event.DISCONNECT, socket(), Field.of("seconds", lasted));
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
      Thread.sleep(PAUSE_AFTER_FAILURE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Field socket() {
    return Field.of("socket", listener.path().toString());
  }

  /** Takes no more connections; sessions go on. */
  void closeListener() {
    listener.close();
  }

  /** Cuts every session, and waits a moment until each has logged its end. */
  @Override
  public void close() {
    closed = true;
    closeListener();
    sessions.forEach(Session::cut);
    long start = System.nanoTime();
    try {
      while (!sessions.isEmpty() && System.nanoTime() - start < Service.LAST_WORDS.toNanos()) {
        Thread.sleep(LAST_WORDS_STEP);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
