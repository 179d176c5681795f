package sallyport.daemon;

import java.time.Duration;
import java.time.Instant;
import sallyport.daemon.tls.ServerTls;

/**
 * Warns once a day of certificates that are about to end ({@link ServerTls#EXPIRY_WARNING}), while
 * a daemon serves. What is to be said at its start, the table's check says. Belongs to a thread of
 * its own.
 */
public final class CertificateWatch implements AutoCloseable {
  /** How often. */
  public static final Duration PERIOD = Duration.ofDays(1);

  private final ServerTls tls;
  private final EventLog log;
  private final Thread thread;

  private CertificateWatch(ServerTls tls, EventLog log) {
    this.tls = tls;
    this.log = log;
    this.thread = Thread.ofPlatform().daemon().name("certificates").unstarted(this::run);
  }

  /** Begins; the first word falls a day from now. */
  public static CertificateWatch start(ServerTls tls, EventLog log) {
    CertificateWatch watch = new CertificateWatch(tls, log);
    watch.thread.start();
    return watch;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        look(Instant.now());
      }
    } catch (InterruptedException e) {
      // close() was called.
    }
  }

  void look(Instant now) {
    for (String text : tls.expiring(now)) {
      log.write(Event.CERTIFICATE, Field.of("what", text));
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
