package sallyport.pop3gw;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.KernelPipe;

/**
 * A relay between two legs that are readable on the wire, carried by a {@link RelayLoop} with many
 * others. It has no thread and, while its peers take what they are given, no buffer and no pipe.
 * What one takes only in part is kept, and until that is gone nothing more is read for it. What has
 * become a large transfer goes by a {@link Shortcut}, if there is one.
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

    /** What the receiver has not taken yet, unless it is in the {@link #shortcut}. */
    private @Nullable ByteBuffer rest;

    /** For large transfers, once there was one. */
    private @Nullable Shortcut shortcut;

    /** Octets that were read since something came the other way. */
    private long run;

    private boolean dropping;
    private boolean stopped;

    Way(Side from, Side to, Flow flow) {
      this.from = from;
      this.to = to;
      this.flow = flow;
    }

    /** There may be something to read: reads once and passes on; then others have their turn. */
    void carry() {
      if (!stopped && !over) {
        Shortcut past = shortcut();
        if (past == null) {
          carryThrough();
        } else {
          carryPast(past);
        }
      }
    }

    /** One with a pipe, if that suits and there is one. */
    private @Nullable Shortcut shortcut() {
      if (dropping || !loop.pipes().isLarge(run)) {
        return null;
      }
      Shortcut past = shortcut;
      if (past == null) {
        past = new Shortcut(from.channel, to.channel, loop.pipes());
        shortcut = past;
      }
      return past.open() ? past : null;
    }

    private void carryThrough() {
      ByteBuffer octets = loop.emptyBuffer();
      if (read(octets) > 0 && !dropping && pass(octets.flip())) {
        loop.leaveBuffer();
      }
    }

    private int read(ByteBuffer octets) {
      try {
        int read = from.channel.read(octets);
        if (read < 0) {
          stop(Stop.ENDED);
        } else if (read > 0) {
          heard(read);
        }
        return read;
      } catch (IOException e) {
        stop(Stop.READ_FAILED);
        return -1;
      }
    }

    private void heard(int octets) {
      flow.heard();
      run += octets;
      (this == clientsWay ? serversWay : clientsWay).run = 0;
    }

    private void carryPast(Shortcut past) {
      int read;
      try {
        read = past.read();
      } catch (IOException e) {
        stop(Stop.READ_FAILED);
        return;
      }
      switch (read) {
        case KernelPipe.ENDED -> stop(Stop.ENDED);
        case 0, KernelPipe.REFUSED -> {
          // Urgent data, too, is nothing to a pipe, and for the selector it is there.
          past.close();
          carryThrough();
        }
        default -> passPast(past, read);
      }
    }

    private void passPast(Shortcut past, int read) {
      heard(read);
      if (write(past) && !past.isEmpty()) {
        waits();
      }
      if (past.isEmpty()) {
        past.close();
      }
      if (read >= RelayBuffers.LARGE) {
        loop.expectMore();
      }
    }

    /** Writes; true if something is left, and the buffer is kept for that. */
    boolean pass(ByteBuffer octets) {
      boolean left = write(octets) && octets.hasRemaining();
      if (left) {
        rest = octets;
        waits();
      }
      return left;
    }

    /** Nothing more is read until the receiver has taken what is left. */
    private void waits() {
      flow.waits();
      from.awaitNot(SelectionKey.OP_READ);
      to.await(SelectionKey.OP_WRITE);
    }

    /** Writes what can be taken now; false if nothing can ever be. */
    private boolean write(ByteBuffer octets) {
      if (!octets.hasRemaining()) {
        return true;
      }
      try {
        took(to.channel.write(octets));
        return true;
      } catch (IOException e) {
        stop(Stop.WRITE_FAILED);
        return false;
      }
    }

    /** The same with what is in the pipe. */
    private boolean write(Shortcut past) {
      try {
        took(past.write());
        return true;
      } catch (IOException e) {
        stop(Stop.WRITE_FAILED);
        return false;
      }
    }

    private void took(int octets) {
      if (octets > 0) {
        flow.took(octets);
      }
    }

    /** The receiver takes octets again: there is more for it, most likely. */
    void goOn() {
      if (isLeft() && writeRest() && !isLeft()) {
        forgetRest();
        from.await(SelectionKey.OP_READ);
        carry();
      }
    }

    private boolean isLeft() {
      return (rest != null && rest.hasRemaining()) || (shortcut != null && !shortcut.isEmpty());
    }

    private boolean writeRest() {
      if (rest != null) {
        return write(rest);
      }
      return shortcut == null || write(shortcut);
    }

    private void forgetRest() {
      leaveRest();
      flow.done();
      to.awaitNot(SelectionKey.OP_WRITE);
    }

    private void leaveRest() {
      if (rest != null) {
        loop.giveBack(rest);
        rest = null;
      }
      if (shortcut != null) {
        shortcut.close();
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
      leaveRest();
      if (from.key != null) {
        from.key.cancel();
      }
    }
  }
}
