package sallyport.daemon.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import sallyport.netperm.ListenAddress;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/**
 * Our side of TLS where others connect to us: certificates, keys and profile, read before the jail.
 * Thread-safe; one for all listeners of a daemon.
 */
public final class ServerTls {

  /** Sessions kept for resumption by clients that take no ticket (TLS 1.2). */
  public static final int SESSIONS_KEPT = 1000;

  /** How long a session may be resumed. */
  public static final Duration SESSION_TIME = Duration.ofHours(1);

  /** Certificates that one daemon may have. */
  public static final int MAX_CERTIFICATES = 100;

  /** An expiry is warned of so long ahead. */
  public static final Duration EXPIRY_WARNING = Duration.ofDays(21);

  private final List<Identity> identities;
  private final TlsProfile profile;
  private final SSLContext context;

  private ServerTls(List<Identity> identities, TlsProfile profile) {
    this.identities = List.copyOf(identities);
    this.profile = profile;
    try {
      this.context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new OwnKeys(identities)}, new TrustManager[0], null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
    SSLSessionContext sessions = context.getServerSessionContext();
    sessions.setSessionCacheSize(SESSIONS_KEPT);
    sessions.setSessionTimeout((int) SESSION_TIME.toSeconds());
  }

  static ServerTls of(List<Identity> identities, TlsProfile profile) {
    return new ServerTls(identities, profile);
  }

  /**
   * Reads {@code tls-cert}, {@code tls-key}, {@code tls-profile} and {@code tls-min}, and the files
   * they name. What is wrong, or expires soon, is left in the settings; so is what does not fit
   * with the listeners.
   *
   * @param listen those of the daemon
   * @return empty if no listener speaks TLS, or if there is no certificate that can be used
   */
  public static Optional<ServerTls> of(Settings settings, List<ListenAddress> listen) {
    Optional<ServerTls> tls = of(settings, Instant.now());
    Optional<ListenAddress> speaker =
        listen.stream().filter(one -> one.tls() != ListenAddress.Tls.NONE).findFirst();
    boolean certificates = settings.where("tls-cert").isPresent();
    if (speaker.isPresent() && !certificates) {
      String word = speaker.get().tls().word();
      settings.error(speaker.get().at(), "listen … " + word + ": expected tls-cert and tls-key");
    } else if (speaker.isEmpty() && certificates) {
      settings.warning(
          settings.where("tls-cert").get(),
          "tls-cert is of no use; expected a 'listen' line with tls, starttls or starttls-required");
    }
    return speaker.isEmpty() ? Optional.empty() : tls;
  }

  static Optional<ServerTls> of(Settings settings, Instant now) {
    TlsProfile profile = TlsProfile.of(settings, "");
    List<Rule> certificates = settings.each("tls-cert");
    List<Rule> keys = settings.each("tls-key");
    List<Identity> identities = new ArrayList<>();
    for (int i = 0; i < Math.min(certificates.size(), MAX_CERTIFICATES); i++) {
      if (i >= keys.size()) {
        settings.error(certificates.get(i).at(), "tls-cert has no tls-key; expected one for each");
        break;
      }
      read(settings, certificates.get(i), keys.get(i), now).ifPresent(identities::add);
    }
    for (Rule key : keys.subList(Math.min(certificates.size(), keys.size()), keys.size())) {
      settings.error(key.at(), "tls-key has no tls-cert; expected one for each, in the same order");
    }
    if (certificates.size() > MAX_CERTIFICATES) {
      settings.error(
          certificates.get(MAX_CERTIFICATES).at(), "more than " + MAX_CERTIFICATES + " tls-cert");
    }
    return identities.isEmpty() ? Optional.empty() : Optional.of(of(identities, profile));
  }

  private static Optional<Identity> read(Settings settings, Rule cert, Rule key, Instant now) {
    Optional<Path> certFile = PemFiles.path(settings, cert);
    Optional<Path> keyFile = PemFiles.path(settings, key);
    if (certFile.isEmpty() || keyFile.isEmpty()) {
      return Optional.empty();
    }
    try {
      Identity identity = Identity.read(certFile.get(), keyFile.get(), now);
      PemFiles.warnOfExpiry(settings, cert.at(), identity, now);
      PemFiles.warnOfOthers(settings, key.at(), keyFile.get());
      return Optional.of(identity);
    } catch (BadPemException e) {
      boolean ofKey = String.valueOf(e.getMessage()).startsWith(keyFile.get() + ":");
      Rule wrong = ofKey ? key : cert;
      settings.error(wrong.at(), wrong.keyword() + " " + e.getMessage());
      return Optional.empty();
    }
  }

  /** One line for each certificate that ends within {@link #EXPIRY_WARNING}, or has ended. */
  public List<String> expiring(Instant now) {
    return identities.stream()
        .filter(one -> PemFiles.expiresSoon(one, now))
        .map(one -> PemFiles.expiryText(one, now))
        .toList();
  }

  SSLEngine engine() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setSSLParameters(profile.parameters());
    return engine;
  }

  List<Identity> identities() {
    return identities;
  }

  TlsProfile profile() {
    return profile;
  }
}
