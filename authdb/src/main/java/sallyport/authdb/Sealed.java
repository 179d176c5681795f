package sallyport.authdb;

/**
 * A secret as it lies in the database: AES-256-GCM under one key, bound to one user and one
 * purpose. {@link Keyring} makes and opens it.
 *
 * @param keyId the key
 * @param base64 nonce (12 octets), ciphertext and tag (16 octets)
 */
public record Sealed(String keyId, String base64) {

  /** Without the ciphertext. */
  @Override
  public String toString() {
    return "Sealed[" + keyId + "]";
  }
}
