package sallyport.daemon;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may have a session: so many in all, so many a host. A host is one IPv4 address or one IPv6
 * network of 64 bits.
 *
 * <p>When all places are taken, the oldest session that has not got anywhere is told to go and its
 * place given to the new one; only if there is none is the new one refused. Sessions told to go may
 * overlap with their successors for a moment, at most {@link #leavingAtOnce} of them. All methods
 * may be called from any thread, take constant time, and call no session while a lock is held.
 */
public final class Admission {
  /** Above so many of a hundred places taken, {@link #crowded} holds. */
  public static final int CROWDED_PERCENT = 80;

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

  private enum State {
    EVICTABLE,
    KEPT,
    LEAVING,
    GONE
  }

  /** A place. It is given back by {@link #close}, once, however often that is called. */
  public final class Token implements AutoCloseable {
    private final Host host;
    private final Session session;
    private State state = State.EVICTABLE;

    private Token(Host host, Session session) {
      this.host = host;
      this.session = session;
    }

    /**
     * The session has got somewhere and is no longer ended for another's sake.
     *
     * @return false if it was told to go before
     */
    public boolean gotSomewhere() {
      return keep(this);
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
  private final Set<Token> evictable = new LinkedHashSet<>();
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
        evictable.remove(victim);
        victim.state = State.LEAVING;
        leaving++;
      }
      hosts.merge(host, 1, Integer::sum);
      evictable.add(token);
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

  /** How many sessions hold a place; those told to go do not count. */
  public int sessions() {
    return taken;
  }

  /** How many sessions that were told to go may still be on their way out. */
  public int leavingAtOnce() {
    return Math.max(LEAVING_AT_LEAST, total / LEAVING_SHARE);
  }

  private @Nullable Token oldestThatMayGo() {
    if (leaving >= leavingAtOnce()) {
      return null;
    }
    Iterator<Token> oldestFirst = evictable.iterator();
    return oldestFirst.hasNext() ? oldestFirst.next() : null;
  }

  private boolean keep(Token token) {
    synchronized (lock) {
      if (token.state == State.EVICTABLE) {
        evictable.remove(token);
        token.state = State.KEPT;
      }
      return token.state == State.KEPT;
    }
  }

  private void release(Token token) {
    synchronized (lock) {
      switch (token.state) {
        case EVICTABLE, KEPT -> taken = taken - 1;
        case LEAVING -> leaving--;
        case GONE -> {
          return;
        }
      }
      evictable.remove(token);
      token.state = State.GONE;
      hosts.computeIfPresent(token.host, (h, count) -> count == 1 ? null : count - 1);
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
