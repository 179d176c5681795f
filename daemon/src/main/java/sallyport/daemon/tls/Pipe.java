package sallyport.daemon.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Octets from one thread to another, in process; who reads waits {@link #PATIENCE_SECONDS}. */
final class Pipe {
  static final int PATIENCE_SECONDS = 30;

  private static final byte[] END = {};

  private final LinkedBlockingQueue<byte[]> written = new LinkedBlockingQueue<>();
  private byte[] current = new byte[0];
  private int position;
  private boolean ended;

  OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int octet) {
        written.add(new byte[] {(byte) octet});
      }

      @Override
      public void write(byte[] from, int offset, int length) {
        written.add(Arrays.copyOfRange(from, offset, offset + length));
      }
    };
  }

  /** Nothing more will be written. */
  void end() {
    written.add(END);
  }

  InputStream input() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        while (position == current.length) {
          if (ended) {
            return -1;
          }
          current = next();
          ended = current.length == 0;
          position = 0;
        }
        int given = Math.min(length, current.length - position);
        System.arraycopy(current, position, to, offset, given);
        position += given;
        return given;
      }

      @Override
      public int available() {
        return current.length - position + written.size();
      }
    };
  }

  private byte[] next() throws IOException {
    try {
      byte @Nullable [] octets = written.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (octets == null) {
        throw new IOException("nothing came");
      }
      return octets;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
