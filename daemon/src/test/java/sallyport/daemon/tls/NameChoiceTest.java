package sallyport.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which certificate a client gets. */
class NameChoiceTest {
  private final Identity rsa;
  private final Identity ec;
  private final Identity other;
  private final OwnKeys keys;

  NameChoiceTest() throws BadPemException {
    rsa = TestFiles.identity("rsa");
    ec = TestFiles.identity("ec");
    other = TestFiles.identity("other");
    keys = new OwnKeys(List.of(rsa, ec, other));
  }

  @Test
  void nameDecides() {
    assertThat(keys.choose("EC", Optional.of("POP.example.net"))).contains(other);
    assertThat(keys.choose("EC", Optional.of("mail.example.org"))).contains(ec);
  }

  @Test
  void starStandsForOneLabel() {
    assertThat(keys.choose("RSA", Optional.of("ann.users.example.org"))).contains(rsa);
    assertThat(rsa.isFor("users.example.org")).isFalse();
    assertThat(rsa.isFor("a.b.users.example.org")).isFalse();
  }

  @Test
  void nameWithoutAKeyOfThatKindHasNone() {
    assertThat(keys.choose("RSA", Optional.of("pop.example.net"))).isEmpty();
  }

  @Test
  void withoutANameTheFirstCertificateAndItsTwinAreOffered() {
    assertThat(keys.choose("RSA", Optional.empty())).contains(rsa);
    assertThat(keys.choose("EC", Optional.empty())).contains(ec);
    assertThat(new OwnKeys(List.of(rsa, other)).choose("EC", Optional.empty())).isEmpty();
  }

  @Test
  void unknownNameGetsTheFirst() {
    assertThat(keys.choose("RSA", Optional.of("nobody.example"))).contains(rsa);
  }
}
