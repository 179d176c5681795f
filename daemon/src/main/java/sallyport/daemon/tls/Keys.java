package sallyport.daemon.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Private keys from PEM: PKCS#8 (RFC 5958), and the traditional forms PKCS#1 of RSA (RFC 8017) and
 * SEC 1 of elliptic curves (RFC 5915), which are put into a PKCS#8 coat.
 */
final class Keys {
  private static final String RSA = "1.2.840.113549.1.1.1";
  private static final String EC = "1.2.840.10045.2.1";

  /** The tag {@code [0] parameters} of an ECPrivateKey. */
  private static final int EC_PARAMETERS = 0xa0;

  private static final byte[] SAMPLE = {'s', 'a', 'l', 'l', 'y'};

  private Keys() {}

  /** The one private key of a file. */
  static PrivateKey read(Path file) throws BadPemException {
    List<Pem.Block> keys =
        Pem.read(file).stream().filter(block -> block.label().endsWith("PRIVATE KEY")).toList();
    if (keys.size() != 1) {
      throw new BadPemException(
          file + ": holds " + keys.size() + " private keys; expected one, in PEM");
    }
    Pem.Block block = keys.getFirst();
    if (block.encrypted()) {
      throw new BadPemException(
          file
              + ": the key is encrypted; expected one without a passphrase, readable by root only"
              + " (openssl pkey -in ENCRYPTED -out PLAIN)");
    }
    return parse(file, block);
  }

  private static PrivateKey parse(Path file, Pem.Block block) throws BadPemException {
    return switch (block.label()) {
      case "PRIVATE KEY" ->
          known(block.octets(), "RSA")
              .or(() -> known(block.octets(), "EC"))
              .orElseThrow(() -> wrong(file, "is no RSA or EC key in PKCS#8"));
      case "RSA PRIVATE KEY" ->
          known(coated(Der.sequence(Der.oid(RSA), Der.nothing()), block.octets()), "RSA")
              .orElseThrow(() -> wrong(file, "is no RSA key in PKCS#1"));
      case "EC PRIVATE KEY" ->
          curve(block.octets())
              .flatMap(
                  curve -> known(coated(Der.sequence(Der.oid(EC), curve), block.octets()), "EC"))
              .orElseThrow(() -> wrong(file, "is no EC key of a named curve in SEC 1"));
      default -> throw wrong(file, "is a " + block.label() + "; expected an RSA or EC key");
    };
  }

  private static BadPemException wrong(Path file, String what) {
    return new BadPemException(file + ": " + what);
  }

  private static byte[] coated(byte[] algorithm, byte[] key) {
    return Der.sequence(Der.integer(0), algorithm, Der.element(Der.OCTET_STRING, key));
  }

  private static Optional<PrivateKey> known(byte[] pkcs8, String algorithm) {
    try {
      return Optional.of(
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
    } catch (InvalidKeySpecException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + algorithm, e);
    }
  }

  /**
   * The curve's name in a key.
   *
   * <pre>
   *   ECPrivateKey ::= SEQUENCE {
   *     version        INTEGER { ecPrivkeyVer1(1) },
   *     privateKey     OCTET STRING,
   *     parameters [0] ECParameters {{ NamedCurve }} OPTIONAL,
   *     publicKey  [1] BIT STRING OPTIONAL }          (RFC 5915 section 3)
   * </pre>
   */
  private static Optional<byte[]> curve(byte[] key) {
    try {
      int at = content(key, 0);
      at = content(key, at) + length(key, at);
      at = content(key, at) + length(key, at);
      if ((key[at] & 0xff) != EC_PARAMETERS) {
        return Optional.empty();
      }
      int start = content(key, at);
      return Optional.of(Arrays.copyOfRange(key, start, start + length(key, at)));
    } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Where the content of the element begins; such keys are shorter than 64 KiB. */
  private static int content(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + (first < 0x80 ? 2 : 2 + (first & 0x7f));
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return switch (first) {
      case 0x81 -> der[at + 2] & 0xff;
      case 0x82 -> ((der[at + 2] & 0xff) << 8) | (der[at + 3] & 0xff);
      default -> first;
    };
  }

  /** Whether what the one signs is right for the other. */
  static boolean fit(PrivateKey key, PublicKey certified) {
    String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(SAMPLE);
      byte[] signed = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certified);
      verifier.update(SAMPLE);
      return verifier.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
