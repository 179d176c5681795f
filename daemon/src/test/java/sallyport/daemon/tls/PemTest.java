package sallyport.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sallyport.daemon.tls.TestFiles.NOW;
import static sallyport.daemon.tls.TestFiles.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "rsa.crt, rsa.key, RSA",
    "rsa.crt, rsa-pkcs1.key, RSA",
    "ec.crt, ec.key, EC",
    "ec.crt, ec-sec1.key, EC",
    "ec.crt, ec-sec1-with-parameters.key, EC",
    "chain.pem, rsa.key, RSA",
  })
  void everyUsualFormIsRead(String certificate, String key, String type) throws BadPemException {
    assertThat(Identity.read(file(certificate), file(key), NOW).keyType()).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rsa.crt | encrypted-pkcs8.key | encrypted-pkcs8.key: the key is encrypted",
        "rsa.crt | encrypted-pkcs1.key | encrypted-pkcs1.key: the key is encrypted",
        "rsa.crt | ec.key | ec.key: this is not the key of the certificate in",
        "rsa.crt | ed25519.key | ed25519.key: is no RSA or EC key",
        "rsa.crt | rsa.crt | rsa.crt: holds 0 private keys; expected one",
        "rsa.key | rsa.key | rsa.key: holds no certificate; expected PEM",
        "rsa.crt | nothing.key | nothing.key: there is no such file",
        "reversed.pem | rsa.key | reversed.pem: the key's certificate is the 2. in it",
        "foreign-chain.pem | rsa.key | foreign-chain.pem: certificate 2 has not signed the one above",
        "expired.crt | expired.key | expired.crt: certificate 1 expired on 2021-01-01T00:00:00Z",
      })
  void whatIsWrongIsOneLineWithTheFile(String certificate, String key, String line) {
    Path missing = file("rsa.key").resolveSibling(key);
    assertThatThrownBy(() -> Identity.read(file(certificate), missing, NOW))
        .isInstanceOf(BadPemException.class)
        .message()
        .contains(line)
        .doesNotContain("\n");
  }

  @Test
  void certificateOfTheFutureIsRefused() {
    assertThatThrownBy(
            () -> Identity.read(file("rsa.crt"), file("rsa.key"), NOW.minus(Duration.ofDays(1000))))
        .hasMessageContaining("is valid from");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-----BEGIN PRIVATE KEY----- | has no END",
        "-----BEGIN PRIVATE KEY-----;****;-----END PRIVATE KEY----- | is no base64",
        "-----BEGIN PRIVATE KEY-----;AAAA;-----END PRIVATE KEY----- | is no RSA or EC key",
        "-----BEGIN EC PRIVATE KEY-----;MAA=;-----END EC PRIVATE KEY----- | is no EC key",
        "-----BEGIN DSA PRIVATE KEY-----;MAA=;-----END DSA PRIVATE KEY----- | is a DSA PRIVATE KEY",
      })
  void damagedKeysAreRefused(String text, String line) throws IOException {
    Path file = Files.writeString(folder.resolve("key"), text.replace(';', '\n'));
    assertThatThrownBy(() -> Keys.read(file)).hasMessageContaining(line);
  }

  @Test
  void hugeFileIsNotReadWhole() throws IOException {
    Path file = folder.resolve("huge");
    Files.write(file, new byte[Pem.MAX_FILE_OCTETS + 1]);
    assertThatThrownBy(() -> Pem.read(file)).hasMessageContaining("is larger than");
  }
}
