package sallyport.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class HandshakeTest {
  private static final TlsProfile OLDER = TlsProfile.DEFAULT.onlyOlder();
  private static final TlsProfile MODERN =
      new TlsProfile(TlsProfile.Level.MODERN, TlsProfile.Version.TLS_1_2);
  private final Identity rsa;
  private final Identity ec;

  HandshakeTest() throws BadPemException {
    rsa = TestFiles.identity("rsa");
    ec = TestFiles.identity("ec");
  }

  @Test
  void aDaemonRehearsesWithItsOwnCertificates() throws IOException {
    TlsRehearsal.run(TestFiles.server(TlsProfile.DEFAULT, rsa, ec));
  }

  @ParameterizedTest
  @EnumSource(ClientTls.Mode.class)
  void aDaemonRehearsesAsClient(ClientTls.Mode mode) throws IOException {
    Optional<ClientTls> tls =
        mode == ClientTls.Mode.OFF
            ? Optional.empty()
            : Optional.of(
                ClientTls.of(mode, TlsProfile.DEFAULT, Trust.unasked(), Optional.empty()));
    ClientTlsOptions leg = new ClientTlsOptions(mode, Optional.empty(), Optional.empty(), tls);
    TlsRehearsal.run(TlsProfile.DEFAULT, List.of(leg));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void factsAreThoseOfTheHandshake(boolean newest) throws IOException {
    ClientTls client =
        TestFiles.client(newest ? TlsProfile.DEFAULT : OLDER, "ann.users.example.org");
    TlsPair pair = TlsPair.of(TestFiles.server(TlsProfile.DEFAULT, rsa), client);
    String suite = newest ? "TLS_AES_256_GCM_SHA384" : "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    String protocol = newest ? "TLSv1.3" : "TLSv1.2";
    assertThat(pair.server().facts())
        .isEqualTo(new TlsFacts(protocol, suite, "x25519", "ann.users.example.org", false, ""));
    assertThat(pair.client().facts()).isEqualTo(pair.server().facts());
    assertThat(pair.client().facts().text())
        .isEqualTo(
            "tls=%s suite=%s group=x25519 sni=ann.users.example.org verified=no"
                .formatted(protocol, suite));
  }

  /** A ticket is taken up by the same client; who asked for which name is known as before. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void resumedSessionHasItsFacts(boolean newest) throws IOException, BadPemException {
    ServerTls server = TestFiles.server(TlsProfile.DEFAULT, rsa);
    ClientTls client =
        TestFiles.verifying("mail.example.org").with(newest ? TlsProfile.DEFAULT : OLDER);
    TlsFacts first = readAndGetFacts(TlsPair.of(server, client));
    TlsFacts second = readAndGetFacts(TlsPair.of(server, client));
    assertThat(second.sni()).isEqualTo("mail.example.org").isEqualTo(first.sni());
    assertThat(second.protocol()).isEqualTo(first.protocol());
    assertThat(second.group()).isEqualTo(newest ? "x25519" : "none");
  }

  private static TlsFacts readAndGetFacts(TlsPair pair) throws IOException {
    pair.server().output().write('x');
    assertThat(pair.client().input().read()).isEqualTo('x');
    assertThat(pair.client().facts().verified()).isTrue();
    return pair.server().facts();
  }

  @Test
  void verifiedServerIsNamed() throws IOException, BadPemException {
    ServerTls server = TestFiles.server(TlsProfile.DEFAULT, ec);
    TlsFacts facts = TlsPair.of(server, TestFiles.verifying("mail.example.org")).client().facts();
    assertThat(facts.verified()).isTrue();
    assertThat(facts.peer()).isEqualTo("mail.example.org");
  }

  @Test
  void certificateForAnotherNameIsRefused() throws BadPemException {
    ServerTls server = TestFiles.server(TlsProfile.DEFAULT, ec);
    assertThatThrownBy(() -> TlsPair.of(server, TestFiles.verifying("other.example.org")))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void certificateOfAStrangeAuthorityIsRefused() throws GeneralSecurityException {
    ServerTls server =
        TestFiles.server(
            TlsProfile.DEFAULT, TestFiles.CERTIFIER.selfSigned("EC", "mail.example.org"));
    assertThatThrownBy(() -> TlsPair.of(server, TestFiles.verifying("mail.example.org")))
        .isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.1, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLSv1.2, TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLSv1.2, TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
  })
  void whatIsOldIsNotOffered(String protocol, String suite) {
    TlsProfile profile = TlsProfile.DEFAULT;
    SSLEngine engine = TestFiles.server(profile, rsa).engine();
    assertThat(engine.getEnabledProtocols()).doesNotContain("TLSv1.1", "TLSv1", "SSLv3");
    assertThat(engine.getEnabledCipherSuites()).doesNotContain(suite);
    assertThat(List.of(engine.getEnabledCipherSuites()))
        .as("with %s", protocol)
        .allMatch(s -> s.startsWith("TLS_AES") || s.startsWith("TLS_CHACHA") || isAead(s));
  }

  private static boolean isAead(String suite) {
    return suite.startsWith("TLS_ECDHE_")
        && (suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305_"));
  }

  @Test
  void modernServerRefusesTheOlderProtocol() {
    ServerTls server = TestFiles.server(MODERN, ec);
    assertThat(server.engine().getEnabledProtocols()).containsExactly("TLSv1.3");
    assertThatThrownBy(() -> TlsPair.of(server, TestFiles.client(OLDER, "mail.example.org")))
        .isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EHLO client.example\r\n", "USER ann\r\n", "GET / HTTP/1.0\r\n\r\n"})
  void whoSpeaksSomethingElseIsToldApart(String text) {
    ServerTls server = TestFiles.server(TlsProfile.DEFAULT, ec);
    assertThatThrownBy(() ->
            TlsStreams.server(
                new ByteArrayInputStream(text.getBytes()), OutputStream.nullOutputStream(), server))
        .isInstanceOf(NotTlsException.class);
  }

  @Test
  void handshakeHasABoundInOctets() {
    byte[] record = new byte[5 + 1000];
    record[0] = 22;
    record[1] = 3;
    record[2] = 3;
    record[3] = (byte) (1000 >> 8);
    record[4] = (byte) (1000 & 0xff);
    record[5] = 1; // A ClientHello of 30,000 octets, over and over.
    record[7] = 30_000 >> 8;
    record[8] = 30_000 & 0xff;
    byte[] many = new byte[record.length * 400];
    for (int i = 0; i < 400; i++) {
      System.arraycopy(record, 0, many, i * record.length, record.length);
    }
    ServerTls server = TestFiles.server(TlsProfile.DEFAULT, ec);
    assertThatThrownBy(() ->
            TlsStreams.server(
                new ByteArrayInputStream(many), OutputStream.nullOutputStream(), server))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void clientCertificateIsSentWhereItIsAsked() throws IOException {
    // Our servers ask for none; a client with one still comes to an agreement with them.
    ClientTls client =
        ClientTls.of(ClientTls.Mode.REQUIRED, TlsProfile.DEFAULT, Trust.unasked(), Optional.of(ec));
    TlsPair pair = TlsPair.of(TestFiles.server(TlsProfile.DEFAULT, rsa), client.towards("a.b"));
    assertThat(pair.server().facts().verified()).isFalse();
  }

  @Test
  void expiryIsWarnedOf() {
    ServerTls server = TestFiles.server(TlsProfile.DEFAULT, ec, rsa);
    assertThat(server.expiring(TestFiles.NOW)).isEmpty();
    assertThat(server.expiring(ec.expires().minus(Duration.ofDays(20)).plusSeconds(60)))
        .anySatisfy(line -> assertThat(line).contains("ec.crt: expires in 19 days, on "));
    assertThat(server.expiring(ec.expires().plusSeconds(1)))
        .anySatisfy(line -> assertThat(line).contains("ec.crt: expired, on "));
  }
}
