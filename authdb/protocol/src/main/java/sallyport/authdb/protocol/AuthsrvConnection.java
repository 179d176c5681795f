package sallyport.authdb.protocol;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One connection to authsrv: one thread reads, another writes, any thread asks. When it is over,
 * for whatever reason, all that still wait are told so at once.
 *
 * <p>Both are virtual, as those who ask are: they take turns with them on the same processors, and
 * what was asked meanwhile leaves in one write. A third thread looks every {@link #PERIOD} who has
 * waited too long: a timer for each wait would cost a virtual thread more than the asking.
 */
final class AuthsrvConnection {
  /** How often the waits are looked at: they end so much too late at most. */
  static final Duration PERIOD = Duration.ofSeconds(1);

  private static final int READ_OCTETS = 32 * 1024;
  private static final int MAX_UNSENT = AuthsrvClient.MAX_OUTSTANDING * 512;

  private final SocketChannel channel;
  private final Runnable connected;
  private final Consumer<String> lost;
  private final Outbox outbox = new Outbox(MAX_UNSENT);
  private final Map<String, Waiter> waiting = new ConcurrentHashMap<>();
  private final ChallengesAhead challenges = new ChallengesAhead();
  private final AtomicLong tags = new AtomicLong();
  private final CompletableFuture<Boolean> greeted = new CompletableFuture<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile long lastHeard = System.nanoTime();

  /** Who waits for an answer, and since when. */
  private record Waiter(CompletableFuture<Optional<Reply>> answer, long asked) {}

  private AuthsrvConnection(SocketChannel channel, Runnable connected, Consumer<String> lost) {
    this.channel = channel;
    this.connected = connected;
    this.lost = lost;
  }

  /**
   * Connects and starts the threads; nothing may be asked before {@link #awaitGreeting}.
   *
   * @param connected is told of the greeting
   * @param lost is told once why the connection is over
   */
  static AuthsrvConnection open(Path socket, Runnable connected, Consumer<String> lost)
      throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    AuthsrvConnection connection = new AuthsrvConnection(channel, connected, lost);
    Thread.ofVirtual().name("authsrv-reader").start(connection::read);
    Thread.ofVirtual().name("authsrv-writer").start(connection::write);
    Thread.ofPlatform().daemon().name("authsrv-time").start(connection::keepTime);
    return connection;
  }

  /** Whether authsrv has said that it is there and lets us talk. */
  boolean awaitGreeting(long bound, TimeUnit unit) throws InterruptedException {
    try {
      return greeted.get(bound, unit);
    } catch (TimeoutException | ExecutionException e) {
      end("no greeting");
      return false;
    }
  }

  boolean isOpen() {
    return !over.get();
  }

  /**
   * Asks, and waits; empty if there is no answer within {@link AuthsrvClient#ANSWER_TIME}, or the
   * connection is over.
   */
  Optional<Reply> ask(Function<String, Request> request) throws InterruptedException {
    if (waiting.size() >= AuthsrvClient.MAX_OUTSTANDING) {
      return Optional.empty();
    }
    String tag = Long.toHexString(tags.incrementAndGet());
    Waiter waiter = new Waiter(new CompletableFuture<>(), System.nanoTime());
    waiting.put(tag, waiter);
    try {
      if (over.get() || !outbox.add(request.apply(tag).line())) {
        return Optional.empty();
      }
      outbox.flush();
      return waiter.answer().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      waiting.remove(tag);
    }
  }

  /** A challenge that is here already; sees to it that there are others soon. */
  Optional<String> challengeAhead() {
    Optional<String> challenge = challenges.take(System.nanoTime());
    if (challenge.isPresent()) {
      fetchChallenges();
    }
    return challenge;
  }

  /** Asks for challenges, if there are few, and does not wait for them. */
  void fetchChallenges() {
    int missing = challenges.ask();
    for (int i = 0; i < missing; i++) {
      fetchChallenge();
    }
    if (missing > 0) {
      outbox.flush();
    }
  }

  private void fetchChallenge() {
    String tag = Long.toHexString(tags.incrementAndGet());
    Waiter waiter = new Waiter(new CompletableFuture<>(), System.nanoTime());
    var _ = waiter.answer().thenAccept(reply -> keep(tag, reply));
    waiting.put(tag, waiter);
    if (over.get() || !outbox.add(new Request.Challenge(tag).line())) {
      waiter.answer().complete(Optional.empty());
    }
  }

  private void keep(String tag, Optional<Reply> reply) {
    waiting.remove(tag);
    if (reply.orElse(null) instanceof Reply.Ok(_, var fields) && fields.size() == 1) {
      challenges.put(fields.getFirst(), System.nanoTime());
    } else {
      challenges.miss();
    }
  }

  private void keepTime() {
    try {
      while (isOpen()) {
        Thread.sleep(PERIOD);
        checkTime(System.nanoTime());
      }
    } catch (InterruptedException e) {
      end("interrupted");
    }
  }

  /** Lets go who has waited too long; if authsrv has said nothing meanwhile, it is over. */
  void checkTime(long now) {
    for (Waiter waiter : waiting.values()) {
      if (now - waiter.asked() > AuthsrvClient.ANSWER_TIME.toNanos()) {
        waiter.answer().complete(Optional.empty());
        if (lastHeard - waiter.asked() < 0) {
          end("no answer for " + AuthsrvClient.ANSWER_TIME.toSeconds() + " s");
        }
      }
    }
  }

  /** Ends it; later calls do nothing. */
  void end(String why) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    outbox.close();
    try {
      channel.close();
    } catch (IOException e) {
      // What could have been lost with it is answered as unavailable below.
    }
    greeted.complete(false);
    waiting.values().forEach(waiter -> waiter.answer().complete(Optional.empty()));
    lost.accept(why);
  }

  private void read() {
    ByteBuffer octets = ByteBuffer.allocateDirect(READ_OCTETS);
    LineSplitter lines = new LineSplitter();
    try {
      while (channel.read(octets) >= 0) {
        lastHeard = System.nanoTime();
        octets.flip();
        if (!lines.feed(octets, this::take)) {
          end("authsrv sent a line that is too long");
          return;
        }
        octets.clear();
      }
      end("authsrv has closed the connection");
    } catch (IOException e) {
      end(String.valueOf(e.getMessage()));
    }
  }

  private void take(String line) {
    if (!greeted.isDone()) {
      if (line.equals(Wire.GREETING)) {
        connected.run();
        greeted.complete(true);
      } else {
        end("not authsrv, or another version of it");
      }
      return;
    }
    Optional<Reply> reply = Reply.parse(line);
    if (reply.isEmpty()) {
      end("authsrv sent what is no reply");
      return;
    }
    Waiter waiter = waiting.get(reply.get().tag());
    if (waiter != null) {
      waiter.answer().complete(reply);
    }
  }

  private void write() {
    try {
      outbox.writeTo(channel);
    } catch (IOException e) {
      end(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      end("interrupted");
    }
  }
}
