package sallyport.daemon.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import sallyport.netperm.Settings;

/**
 * Which protocols, suites and groups a leg speaks. There is nothing below TLS 1.2, no CBC, no key
 * exchange by RSA, and no finite-field Diffie-Hellman in any of them.
 *
 * @param level {@code tls-profile}
 * @param least {@code tls-min}
 * @param most the newest there is, but in a rehearsal or a test
 */
public record TlsProfile(Level level, Version least, Version most) {

  /** Up to the newest protocol, as a table has it. */
  public TlsProfile(Level level, Version least) {
    this(level, least, Version.TLS_1_3);
  }

  /** When the table says nothing. */
  public static final TlsProfile DEFAULT = new TlsProfile(Level.INTERMEDIATE, Version.TLS_1_2);

  private static final List<String> MODERN_SUITES =
      List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");

  private static final List<String> OLDER_SUITES =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final List<String> GROUPS = List.of("x25519", "secp256r1", "secp384r1");

  /** How much of the past is spoken. */
  public enum Level {
    /** TLS 1.3 alone. */
    MODERN,
    /** TLS 1.2 with ECDHE and AEAD, and 1.3. */
    INTERMEDIATE
  }

  /** A protocol version. */
  public enum Version {
    /** RFC 5246. */
    TLS_1_2,
    /** RFC 8446. */
    TLS_1_3
  }

  /**
   * Reads {@code tls-profile} and {@code tls-min}; what is wrong is left in the settings.
   *
   * @param prefix before both keywords: empty, or {@code inside-}
   */
  public static TlsProfile of(Settings settings, String prefix) {
    return new TlsProfile(
        settings.oneOf(
            prefix + "tls-profile",
            Map.of("modern", Level.MODERN, "intermediate", Level.INTERMEDIATE),
            DEFAULT.level()),
        settings.oneOf(
            prefix + "tls-min",
            Map.of("1.2", Version.TLS_1_2, "1.3", Version.TLS_1_3),
            DEFAULT.least()));
  }

  private boolean speaksOlder() {
    return level == Level.INTERMEDIATE && least == Version.TLS_1_2;
  }

  List<String> protocols() {
    if (!speaksOlder()) {
      return List.of("TLSv1.3");
    }
    return most == Version.TLS_1_2 ? List.of("TLSv1.2") : List.of("TLSv1.3", "TLSv1.2");
  }

  TlsProfile onlyOlder() {
    return new TlsProfile(level, least, Version.TLS_1_2);
  }

  /** In the order of preference. */
  List<String> suites() {
    List<String> suites = new ArrayList<>(MODERN_SUITES);
    if (speaksOlder()) {
      suites.addAll(OLDER_SUITES);
    }
    return suites;
  }

  SSLParameters parameters() {
    SSLParameters parameters =
        new SSLParameters(suites().toArray(String[]::new), protocols().toArray(String[]::new));
    parameters.setNamedGroups(GROUPS.toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    return parameters;
  }
}
