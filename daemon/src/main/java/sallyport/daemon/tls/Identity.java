package sallyport.daemon.tls;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A certificate with its chain and its key: who we say we are.
 *
 * @param source the certificate's file, for messages
 * @param chain our own first, then each one's issuer
 * @param names the DNS names it is for, in lower case; {@code *.domain} is one of a whole level
 */
record Identity(String source, List<X509Certificate> chain, PrivateKey key, Set<String> names) {

  /** Certificates of one chain. */
  static final int MAX_CHAIN = 10;

  private static final int DNS_NAME = 2;

  Identity {
    chain = List.copyOf(chain);
    names = Set.copyOf(names);
  }

  /** Reads both files; what is wrong is one line. */
  static Identity read(Path certificateFile, Path keyFile, Instant now) throws BadPemException {
    List<X509Certificate> chain = certificates(certificateFile);
    PrivateKey key = Keys.read(keyFile);
    checkKey(chain, key, certificateFile, keyFile);
    checkOrder(chain, certificateFile);
    checkTime(chain, certificateFile, now);
    return of(certificateFile.toString(), chain, key);
  }

  static Identity of(String source, List<X509Certificate> chain, PrivateKey key)
      throws BadPemException {
    return new Identity(source, chain, key, names(source, chain.getFirst()));
  }

  /** Every certificate of a file, in order; at least one. */
  static List<X509Certificate> certificates(Path file) throws BadPemException {
    List<X509Certificate> found = new ArrayList<>();
    for (Pem.Block block : Pem.read(file)) {
      if (block.label().equals("CERTIFICATE") || block.label().equals("TRUSTED CERTIFICATE")) {
        found.add(certificate(file, found.size() + 1, block));
      }
    }
    if (found.isEmpty()) {
      throw new BadPemException(file + ": holds no certificate; expected PEM");
    }
    return found;
  }

  private static X509Certificate certificate(Path file, int number, Pem.Block block)
      throws BadPemException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.octets()));
    } catch (CertificateException e) {
      throw new BadPemException(
          file + ": certificate " + number + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static void checkKey(List<X509Certificate> chain, PrivateKey key, Path file, Path keyFile)
      throws BadPemException {
    if (Keys.fit(key, chain.getFirst().getPublicKey())) {
      return;
    }
    for (int i = 1; i < chain.size(); i++) {
      if (Keys.fit(key, chain.get(i).getPublicKey())) {
        throw new BadPemException(
            file + ": the key's certificate is the " + (i + 1) + ". in it; expected it first");
      }
    }
    throw new BadPemException(keyFile + ": this is not the key of the certificate in " + file);
  }

  private static void checkOrder(List<X509Certificate> chain, Path file) throws BadPemException {
    if (chain.size() > MAX_CHAIN) {
      throw new BadPemException(file + ": holds more than " + MAX_CHAIN + " certificates");
    }
    for (int i = 0; i + 1 < chain.size(); i++) {
      try {
        chain.get(i).verify(chain.get(i + 1).getPublicKey());
      } catch (GeneralSecurityException e) {
        throw new BadPemException(
            file
                + ": certificate "
                + (i + 2)
                + " has not signed the one above it; expected our own first, then its issuers",
            e);
      }
    }
  }

  private static void checkTime(List<X509Certificate> chain, Path file, Instant now)
      throws BadPemException {
    for (int i = 0; i < chain.size(); i++) {
      X509Certificate one = chain.get(i);
      String which = file + ": certificate " + (i + 1);
      if (now.isAfter(one.getNotAfter().toInstant())) {
        throw new BadPemException(which + " expired on " + one.getNotAfter().toInstant());
      }
      if (now.isBefore(one.getNotBefore().toInstant())) {
        throw new BadPemException(
            which + " is valid from " + one.getNotBefore().toInstant() + " only");
      }
    }
  }

  private static Set<String> names(String source, X509Certificate certificate)
      throws BadPemException {
    Set<String> names = new TreeSet<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (name.getFirst() instanceof Integer kind && kind == DNS_NAME) {
            names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateException e) {
      throw new BadPemException(source + ": its names cannot be read: " + e.getMessage(), e);
    }
    return names;
  }

  /** When the first certificate of the chain ends. */
  Instant expires() {
    return chain.stream()
        .map(one -> one.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** Whether it is for this name; a star stands for exactly one label, the leftmost. */
  boolean isFor(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    int dot = lower.indexOf('.');
    return names.contains(lower) || (dot > 0 && names.contains("*" + lower.substring(dot)));
  }

  /** Whether both are for one name at least. */
  boolean sharesNameWith(Identity other) {
    return names.stream().anyMatch(other.names::contains);
  }

  /** {@code RSA} or {@code EC}. */
  String keyType() {
    return key.getAlgorithm();
  }
}
