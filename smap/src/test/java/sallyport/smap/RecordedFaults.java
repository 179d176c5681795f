package sallyport.smap;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what went wrong in accepting; nothing may in a session. */
final class RecordedFaults implements Engine.Faults {
  final List<Throwable> fatal = new CopyOnWriteArrayList<>();
  final List<IOException> inAccept = new CopyOnWriteArrayList<>();

  @Override
  public void inSession(Throwable cause) {
    throw new AssertionError(cause);
  }

  @Override
  public void inAccept(IOException cause) {
    inAccept.add(cause);
  }

  @Override
  public void fatal(Throwable cause) {
    fatal.add(cause);
  }
}
