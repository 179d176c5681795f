package sallyport.authdb.authsrv;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import sallyport.authdb.protocol.LineSplitter;
import sallyport.authdb.protocol.Outbox;
import sallyport.authdb.protocol.Reply;
import sallyport.authdb.protocol.Request;
import sallyport.authdb.protocol.Wire;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;

/**
 * One connection of a gateway that may talk: one thread reads, decides and writes, and never waits
 * for the peer to take a reply; replies to what was read together leave together. A line that
 * breaks the grammar, or a peer that takes nothing, ends it.
 */
final class Session {
  /** Requests of one session whose replies are held back; what is beyond is unavailable. */
  static final int MAX_OUTSTANDING = 4096;

  /** Octets that wait for a peer to take them; beyond it is cut. */
  static final int MAX_UNSENT = 1 << 20;

  private static final int READ_OCTETS = 64 * 1024;

  private final SocketChannel channel;
  private final Selector selector;
  private final String socket;
  private final Broker broker;
  private final Held held;
  private final EventLog log;
  private final Outbox outbox = new Outbox(MAX_UNSENT);
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();
  private boolean broken;

  /**
   * Takes over a connection, unless there is no descriptor left to wait with.
   *
   * @throws IOException then
   */
  Session(SocketChannel channel, String socket, Broker broker, Held held, EventLog log)
      throws IOException {
    this.channel = channel;
    this.selector = Selector.open();
    this.socket = socket;
    this.broker = broker;
    this.held = held;
    this.log = log;
  }

  /** Serves until the peer goes, or is cut. The work of the session's own thread. */
  void serve() {
    ByteBuffer octets = ByteBuffer.allocateDirect(READ_OCTETS);
    LineSplitter lines = new LineSplitter();
    send(Wire.GREETING);
    try (selector) {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      boolean more = true;
      while (more) {
        boolean taken = outbox.writeSome(channel);
        key.interestOps(SelectionKey.OP_READ | (taken ? 0 : SelectionKey.OP_WRITE));
        selector.select();
        selector.selectedKeys().clear();
        more = read(octets, lines);
      }
      outbox.writeSome(channel);
    } catch (IOException | CancelledKeyException e) {
      // The peer is gone, or the session was cut; there is nobody to tell.
    } finally {
      cut();
    }
  }

  /** Takes what is there; false if the session is at its end. */
  private boolean read(ByteBuffer octets, LineSplitter lines) throws IOException {
    if (channel.read(octets) < 0) {
      return false;
    }
    octets.flip();
    if (!lines.feed(octets, this::take)) {
      breakOff("line too long");
    }
    octets.clear();
    return !broken;
  }

  private void take(String line) {
    if (broken) {
      return;
    }
    Optional<Request> request = Request.parse(line);
    if (request.isEmpty()) {
      breakOff("broken line");
      return;
    }
    String tag = request.get().tag();
    if (outstanding.get() >= MAX_OUTSTANDING) {
      send(new Reply.Unavailable(tag).line());
      return;
    }
    Broker.Ruling ruling = broker.rule(request.get());
    if (held.isDue(ruling.release())) {
      send(ruling.reply().line());
    } else {
      outstanding.incrementAndGet();
      held.hold(ruling.release(), this, ruling.reply().line());
    }
  }

  private void breakOff(String what) {
    broken = true;
    log.write(Event.SUSPECT_GATEWAY, Field.of("what", what), Field.of("socket", socket));
  }

  /** A line that was held back. */
  void release(String line) {
    outstanding.decrementAndGet();
    send(line);
  }

  private void send(String line) {
    if (!outbox.add(line) && !over.get()) {
      log.write(
          Event.TROUBLE,
          Field.of("what", "gateway"),
          Field.of("error", "it takes no replies, and is cut off"));
      cut();
    }
  }

  /** Lets go what other threads have sent since the last time. */
  void flush() {
    selector.wakeup();
  }

  /** Ends it at once. */
  void cut() {
    if (over.compareAndSet(false, true)) {
      outbox.close();
      try {
        channel.close();
      } catch (IOException e) {
        // What could be lost with it, a gateway takes as unavailable.
      }
      selector.wakeup();
    }
  }
}
