package sallyport.daemon.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Makes certificates (RFC 5280) with new keys that live as long as the process: for a handshake
 * with ourselves before the jail, and for tests. Not for serving: what it makes is nobody's.
 */
final class Certifier {
  private static final String SHA256_WITH_ECDSA = "1.2.840.10045.4.3.2";
  private static final String SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final int DNS_NAME = 0x82;
  private static final int RSA_BITS = 2048;
  private static final int EC_BITS = 256;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Instant from;
  private final Instant until;

  /** What it makes is valid so long. */
  Certifier(Instant from, Instant until) {
    this.from = from;
    this.until = until;
  }

  /** A certificate that signs itself, for these names. */
  Identity selfSigned(String keyType, String... names) throws GeneralSecurityException {
    KeyPair pair = pair(keyType);
    X509Certificate one =
        certificate(names[0], pair.getPublic(), List.of(names), names[0], pair.getPrivate());
    return identity(names[0], List.of(one), pair.getPrivate());
  }

  /** One that another has signed; the chain holds both. */
  Identity signedBy(Identity issuer, String keyType, String... names)
      throws GeneralSecurityException {
    KeyPair pair = pair(keyType);
    X509Certificate one =
        certificate(names[0], pair.getPublic(), List.of(names), issuer.source(), issuer.key());
    List<X509Certificate> chain = new ArrayList<>(List.of(one));
    chain.addAll(issuer.chain());
    return identity(names[0], chain, pair.getPrivate());
  }

  private static Identity identity(String name, List<X509Certificate> chain, PrivateKey key)
      throws GeneralSecurityException {
    try {
      return Identity.of(name, chain, key);
    } catch (BadPemException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static KeyPair pair(String keyType) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(keyType);
    generator.initialize(keyType.equals("RSA") ? RSA_BITS : EC_BITS);
    return generator.generateKeyPair();
  }

  private X509Certificate certificate(
      String subject, PublicKey key, List<String> names, String issuer, PrivateKey signer)
      throws GeneralSecurityException {
    boolean rsa = signer.getAlgorithm().equals("RSA");
    byte[] algorithm =
        rsa
            ? Der.sequence(Der.oid(SHA256_WITH_RSA), Der.nothing())
            : Der.sequence(Der.oid(SHA256_WITH_ECDSA));
    byte[] body =
        Der.sequence(
            Der.element(Der.CONTEXT, Der.integer(2)),
            Der.integer(Math.max(1, key.hashCode())),
            algorithm,
            name(issuer),
            Der.sequence(time(from), time(until)),
            name(subject),
            key.getEncoded(),
            Der.element(Der.CONTEXT + 3, Der.sequence(alternatives(names), authority())));
    Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
    signature.initSign(signer);
    signature.update(body);
    byte[] whole = Der.sequence(body, algorithm, Der.bits(signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] name(String commonName) {
    byte[] attribute = Der.sequence(Der.oid(COMMON_NAME), Der.text(Der.UTF8_STRING, commonName));
    return Der.sequence(Der.element(Der.SET, attribute));
  }

  private static byte[] time(Instant at) {
    return Der.text(Der.GENERALIZED_TIME, TIME.format(at));
  }

  private static byte[] alternatives(List<String> names) {
    byte[][] all = names.stream().map(name -> Der.text(DNS_NAME, name)).toArray(byte[][]::new);
    return extension(SUBJECT_ALTERNATIVE_NAME, Der.sequence(all));
  }

  /** Each may sign others: whoever has it for an authority is in a rehearsal or a test. */
  private static byte[] authority() {
    return extension(BASIC_CONSTRAINTS, Der.sequence(Der.yes()));
  }

  private static byte[] extension(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.element(Der.OCTET_STRING, value));
  }
}
