package sallyport.daemon;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * Touches, before the process is confined, what the Java library would otherwise look for outside
 * when serving first needs it: its jars, the policy of its ciphers, time zones, the resolver. What
 * only some daemons need, TLS and the spool, has rehearsals of its own.
 */
final class Rehearsal {
  private static final String ZONE = "Europe/Berlin";
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH);

  private Rehearsal() {}

  /**
   * Runs it all; what does not work here would not work later. Whoever makes no socket asks no name
   * server either, and may be kept from both by the service manager already.
   */
  static void run(Outgoing outgoing) throws StartupException {
    try {
      openEveryJar();
      secrets();
      dates();
      threads();
      if (outgoing != Outgoing.NOTHING) {
        DnsNames.rehearse();
      }
    } catch (GeneralSecurityException | IOException | IllegalStateException e) {
      throw new StartupException(ExitCode.SOFTWARE, "rehearsal: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException(ExitCode.SOFTWARE, "rehearsal was interrupted", e);
    }
  }

  /** Jars are opened when a class is first sought in them; looking for nothing opens them all. */
  private static void openEveryJar() {
    if (ClassLoader.getSystemResource("sallyport/rehearsal/nothing") != null) {
      throw new IllegalStateException("a resource that is not there was found");
    }
  }

  private static void secrets() throws GeneralSecurityException {
    new SecureRandom().nextBytes(new byte[1]);
    Cipher.getInstance("AES/GCM/NoPadding");
    Mac.getInstance("HmacSHA256");
    MessageDigest.getInstance("SHA-256");
    MessageDigest.getInstance("MD5");
  }

  /** The library has two kinds of zones, each with its way to their file; both name them. */
  private static void dates() {
    String now = FORMAT.format(Instant.now().atZone(ZoneId.of(ZONE)));
    if (now.isBlank() || TimeZone.getTimeZone(ZONE).getDisplayName().isBlank()) {
      throw new IllegalStateException("a date cannot be written");
    }
  }

  private static void threads() throws InterruptedException {
    CountDownLatch latch = new CountDownLatch(2);
    Thread.ofVirtual().start(latch::countDown).join();
    Thread.ofPlatform().start(latch::countDown).join();
    latch.await();
  }
}
