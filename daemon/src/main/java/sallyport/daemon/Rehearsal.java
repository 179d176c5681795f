package sallyport.daemon;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Touches, before the process is confined, what the Java library would otherwise look for outside
 * when serving first needs it: providers, the trust store, time zones, formats, the resolver.
 */
final class Rehearsal {
  private static final int TAG_BITS = 128;
  private static final List<DateTimeFormatter> FORMATS =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          DateTimeFormatter.ISO_OFFSET_DATE_TIME,
          DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z (zzz)", Locale.ENGLISH));

  private Rehearsal() {}

  /** Runs it all; what does not work here would not work later. */
  static void run() throws StartupException {
    try {
      openEveryJar();
      secrets();
      tls();
      dates();
      threads();
      DnsNames.rehearse();
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
    byte[] octets = new byte[32];
    new SecureRandom().nextBytes(octets);
    SecretKeySpec key = new SecretKeySpec(octets, "AES");
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, new byte[12]));
    byte[] sealed = cipher.doFinal(octets);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(octets, "HmacSHA256"));
    mac.doFinal(sealed);
    MessageDigest.getInstance("SHA-256").digest(sealed);
    HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(sealed));
  }

  private static void tls() throws GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init((KeyStore) null);
    for (TrustManager manager : trust.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        x509.getAcceptedIssuers();
      }
    }
    SSLContext context = SSLContext.getDefault();
    context.createSSLEngine().getSupportedProtocols();
    context.getSocketFactory().getDefaultCipherSuites();
    context.getServerSocketFactory().getDefaultCipherSuites();
  }

  private static void dates() {
    ZonedDateTime now = Instant.now().atZone(ZoneId.systemDefault());
    ZonedDateTime there = now.withZoneSameInstant(ZoneId.of("Europe/Berlin"));
    for (DateTimeFormatter format : FORMATS) {
      ZonedDateTime.parse(format.format(there), format);
    }
    byte[] octets = String.format("%s %,d", there, 1).getBytes(StandardCharsets.UTF_8);
    String text = new String(octets, StandardCharsets.ISO_8859_1);
    if (text.isBlank() || !Charset.isSupported("us-ascii")) {
      throw new IllegalStateException("text cannot be formatted");
    }
  }

  private static void threads() throws InterruptedException {
    CountDownLatch latch = new CountDownLatch(2);
    Thread.ofVirtual().start(latch::countDown).join();
    Thread.ofPlatform().start(latch::countDown).join();
    latch.await();
  }
}
