package sallyport.pop3gw;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A relay between two legs that are readable on the wire, carried by a {@link RelayLoop} with many
 * others. It has no thread and, while its peers take what they are given, no buffer. What one takes
 * only in part is kept, and until that is gone nothing more is read for it.
 *
 * <p>All but {@link #start} and {@link #release} is for the loop's thread.
 */
final class ChannelRelay extends Relay {
  private final RelayLoop loop;
  private final Way clientsWay;
  private final Way serversWay;
  private @Nullable Consumer<End> whenOver;
  private boolean over;

  /**
   * Owns both legs from now on.
   *
   * @param idle the longest time without an octet in either direction
   */
  ChannelRelay(Leg client, Leg server, RelayLoop loop, Duration idle) {
    super(client, server, idle);
    this.loop = loop;
    Side ofClient = new Side(client.plain().orElseThrow());
    Side ofServer = new Side(server.plain().orElseThrow());
    clientsWay = new Way(ofClient, ofServer, fromClient());
    serversWay = new Way(ofServer, ofClient, fromServer());
  }

  @Override
  void start(byte[] ofClient, byte[] ofServer, Consumer<End> listener) {
    if (!loop.run(() -> begin(ofClient, ofServer, listener))) {
      closeBoth();
      listener.accept(end());
    }
  }

  @Override
  void release() {
    if (!loop.run(this::leave)) {
      closeBoth();
    }
  }

  private void begin(byte[] ofClient, byte[] ofServer, Consumer<End> listener) {
    whenOver = listener;
    if (over) {
      closed();
      return;
    }
    if (!clientsWay.from.register(loop.selector())) {
      clientStopped(Stop.READ_FAILED);
    } else if (!serversWay.from.register(loop.selector())) {
      serverStopped(Stop.READ_FAILED);
    } else {
      clientsWay.pass(ByteBuffer.wrap(ofClient));
      serversWay.pass(ByteBuffer.wrap(ofServer));
    }
  }

  /** The end: what is left is closed when the selector has forgotten it. */
  private void leave() {
    if (!over) {
      over = true;
      clientsWay.leave();
      serversWay.leave();
      loop.closeSoon(this);
    }
  }

  /** The selector has forgotten both connections. */
  void closed() {
    closeBoth();
    Consumer<End> listener = whenOver;
    if (listener != null) {
      whenOver = null;
      End how = end();
      loop.tell(() -> listener.accept(how));
    }
  }

  private void leaveIfBothStopped() {
    if (clientsWay.stopped && serversWay.stopped) {
      leave();
    }
  }

  /** One connection: what one direction reads from, and the other writes to. */
  final class Side {
    private final SocketChannel channel;
    private @Nullable SelectionKey key;

    Side(SocketChannel channel) {
      this.channel = channel;
    }

    /** False if it was closed before. */
    boolean register(Selector selector) {
      try {
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    private void await(int operation) {
      if (key != null && !over) {
        key.interestOpsOr(operation);
      }
    }

    private void awaitNot(int operation) {
      if (key != null && !over) {
        key.interestOpsAnd(~operation);
      }
    }

    /** The selector has found that it can be read, or written, or both. */
    void ready() {
      boolean client = clientsWay.from == this;
      if (!over && key != null && key.isWritable()) {
        (client ? serversWay : clientsWay).goOn();
      }
      if (!over && key != null && key.isReadable()) {
        (client ? clientsWay : serversWay).carry();
      }
    }

    void cutRelay() {
      cut();
    }
  }

  /** One direction. */
  private final class Way {
    private final Side from;
    private final Side to;
    private final Flow flow;

    /** What the receiver has not taken yet. */
    private @Nullable ByteBuffer rest;

    private boolean dropping;
    private boolean stopped;

    Way(Side from, Side to, Flow flow) {
      this.from = from;
      this.to = to;
      this.flow = flow;
    }

    /** There may be something to read: reads once and passes on; then others have their turn. */
    void carry() {
      ByteBuffer octets = loop.emptyBuffer();
      if (!stopped && !over && read(octets) > 0) {
        flow.heard();
        if (!dropping && pass(octets.flip())) {
          loop.leaveBuffer();
        }
      }
    }

    private int read(ByteBuffer octets) {
      try {
        int read = from.channel.read(octets);
        if (read < 0) {
          stop(Stop.ENDED);
        }
        return read;
      } catch (IOException e) {
        stop(Stop.READ_FAILED);
        return -1;
      }
    }

    /** Writes; true if something is left, and the buffer is kept for that. */
    boolean pass(ByteBuffer octets) {
      boolean left = write(octets) && octets.hasRemaining();
      if (left) {
        rest = octets;
        flow.waits();
        from.awaitNot(SelectionKey.OP_READ);
        to.await(SelectionKey.OP_WRITE);
      }
      return left;
    }

    /** Writes what can be taken now; false if nothing can ever be. */
    private boolean write(ByteBuffer octets) {
      if (!octets.hasRemaining()) {
        return true;
      }
      try {
        int written = to.channel.write(octets);
        if (written > 0) {
          flow.took(written);
        }
        return true;
      } catch (IOException e) {
        stop(Stop.WRITE_FAILED);
        return false;
      }
    }

    /** The receiver takes octets again: there is more for it, most likely. */
    void goOn() {
      ByteBuffer octets = rest;
      if (octets != null && write(octets) && !octets.hasRemaining()) {
        forgetRest();
        from.await(SelectionKey.OP_READ);
        carry();
      }
    }

    private void forgetRest() {
      if (rest != null) {
        loop.giveBack(rest);
        rest = null;
        flow.done();
        to.awaitNot(SelectionKey.OP_WRITE);
      }
    }

    private void stop(Stop how) {
      forgetRest();
      if (this == serversWay) {
        stopped = true;
        serverStopped(how);
      } else if (dropping) {
        stopped = true;
        clientDropped(how == Stop.ENDED);
      } else {
        dropping = clientStopped(how);
        stopped = !dropping;
      }
      if (stopped) {
        from.awaitNot(SelectionKey.OP_READ);
      } else {
        from.await(SelectionKey.OP_READ);
      }
      leaveIfBothStopped();
    }

    void leave() {
      if (rest != null) {
        loop.giveBack(rest);
        rest = null;
      }
      if (from.key != null) {
        from.key.cancel();
      }
    }
  }
}
