package sallyport.daemon;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.tls.TlsStreams;

/**
 * Who may have a session: so many in all, so many a host. A host is one IPv4 address or one IPv6
 * network of 64 bits.
 *
 * <p>When all places are taken, a session of the lowest rank there is is told to go and its place
 * given to the new one: the oldest that has not got anywhere, or else the one that has been under
 * way for the longest time. Only if every session is kept is the new one refused. Sessions told to
 * go may overlap with their successors for a moment, at most {@link #leavingAtOnce} of them. All
 * methods may be called from any thread, take constant time, and call no session while a lock is
 * held.
 */
public final class Admission {
  /** Above so many of a hundred places taken, {@link #crowded} holds. */
  public static final int CROWDED_PERCENT = 80;

  /** The most time for a command while {@link #crowded} holds. */
  public static final Duration CROWDED_TIME = Duration.ofSeconds(10);

  private static final int LEAVING_AT_LEAST = 8;
  private static final int LEAVING_SHARE = 10;

  /** A session as admission sees it. */
  @FunctionalInterface
  public interface Session {
    /**
     * Ends the session with the protocol's temporary error. Called by the thread that admits
     * another one, so it must not block: it hands the work on, or closes the connection.
     */
    void evict();
  }

  /** The answer to a new connection. */
  public sealed interface Verdict {}

  /** It may go on. */
  public record Admitted(Token token) implements Verdict {}

  /** All places are taken, and every session has got somewhere. */
  public record RefusedTotal() implements Verdict {}

  /** This host has all that one host may have. */
  public record RefusedHost() implements Verdict {}

  /** The ranks, lowest first, and the two states without one. */
  private enum State {
    FRESH,
    UNDER_WAY,
    KEPT,
    LEAVING,
    GONE
  }

  /** A place. It is given back by {@link #close}, once, however often that is called. */
  public final class Token implements AutoCloseable {
    private final Host host;
    private final Session session;
    private State state = State.FRESH;

    private Token(Host host, Session session) {
      this.host = host;
      this.session = session;
    }

    /**
     * The session is on its way, such as one that has named a user: it is ended for another's sake
     * only when no session is left that has done nothing. Does nothing for one that is kept.
     *
     * @return false if it was told to go before
     */
    public boolean underWay() {
      return rise(this, State.UNDER_WAY);
    }

    /**
     * The session has got somewhere and is no longer ended for another's sake.
     *
     * @return false if it was told to go before
     */
    public boolean gotSomewhere() {
      return rise(this, State.KEPT);
    }

    /** Gives the place back. */
    @Override
    public void close() {
      release(this);
    }
  }

  private record Host(long high, byte bits) {}

  private final int total;
  private final int perHost;
  private final Object lock = new Object();
  private final Map<Host, Integer> hosts = new HashMap<>();
  private final Set<Token> fresh = new LinkedHashSet<>();
  private final Set<Token> underWay = new LinkedHashSet<>();
  private int leaving;
  private volatile int taken;

  /**
   * An admission with no session yet.
   *
   * @param total how many sessions in all, at least 1
   * @param perHost how many of one host, at least 1
   */
  public Admission(int total, int perHost) {
    if (total < 1 || perHost < 1) {
      throw new IllegalArgumentException("at least one session");
    }
    this.total = total;
    this.perHost = perHost;
  }

  /** Judges a new connection; another session may be evicted for it before this returns. */
  public Verdict admit(InetAddress address, Session session) {
    Host host = hostOf(address);
    Token token = new Token(host, session);
    Token victim;
    synchronized (lock) {
      if (hosts.getOrDefault(host, 0) >= perHost) {
        return new RefusedHost();
      }
      victim = taken >= total ? oldestThatMayGo() : null;
      if (taken >= total && victim == null) {
        return new RefusedTotal();
      }
      if (victim == null) {
        taken = taken + 1;
      } else {
        move(victim, State.LEAVING);
        leaving++;
      }
      hosts.merge(host, 1, Integer::sum);
      fresh.add(token);
    }
    if (victim != null) {
      victim.session.evict();
    }
    return new Admitted(token);
  }

  /** Whether more than four fifths of all places are taken. */
  public boolean crowded() {
    return (long) taken * 100 > (long) total * CROWDED_PERCENT;
  }

  /**
   * The time for one whole command, at this moment.
   *
   * @param usual while places are not scarce
   */
  public Duration commandTime(Duration usual) {
    return crowded() ? shorter(usual, CROWDED_TIME) : usual;
  }

  /** The time for a TLS handshake, at this moment: that for a command, if it is not longer. */
  public Duration handshakeTime(Duration usual) {
    return shorter(commandTime(usual), TlsStreams.HANDSHAKE_TIME);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** How many sessions hold a place; those told to go do not count. */
  public int sessions() {
    return taken;
  }

  /** How many sessions that were told to go may still be on their way out. */
  public int leavingAtOnce() {
    return Math.max(LEAVING_AT_LEAST, total / LEAVING_SHARE);
  }

  /**
   * Waits until no session holds a place or is on its way out, but no longer than this. An
   * interrupt ends the wait early and is kept.
   */
  public void awaitNone(Duration bound) {
    long end = System.nanoTime() + bound.toNanos();
    synchronized (lock) {
      try {
        for (long left = bound.toNanos();
            taken + leaving > 0 && left > 0;
            left = end - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(lock, left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private @Nullable Token oldestThatMayGo() {
    if (leaving >= leavingAtOnce()) {
      return null;
    }
    Iterator<Token> oldestFirst = (fresh.isEmpty() ? underWay : fresh).iterator();
    return oldestFirst.hasNext() ? oldestFirst.next() : null;
  }

  private boolean rise(Token token, State rank) {
    synchronized (lock) {
      if (token.state.compareTo(rank) < 0) {
        move(token, rank);
      }
      return token.state.compareTo(State.KEPT) <= 0;
    }
  }

  private void move(Token token, State state) {
    fresh.remove(token);
    underWay.remove(token);
    token.state = state;
    if (state == State.UNDER_WAY) {
      underWay.add(token);
    }
  }

  private void release(Token token) {
    synchronized (lock) {
      switch (token.state) {
        case FRESH, UNDER_WAY, KEPT -> taken = taken - 1;
        case LEAVING -> leaving--;
        case GONE -> {
          return;
        }
      }
      move(token, State.GONE);
      hosts.computeIfPresent(token.host, (h, count) -> count == 1 ? null : count - 1);
      if (taken + leaving == 0) {
        lock.notifyAll();
      }
    }
  }

  private static Host hostOf(InetAddress address) {
    byte[] octets = address.getAddress();
    boolean six = address instanceof Inet6Address;
    long high = 0;
    for (byte octet : Arrays.copyOf(octets, six ? 8 : 4)) {
      high = high << 8 | (octet & 0xff);
    }
    return new Host(high, (byte) (six ? 64 : 32));
  }
}
