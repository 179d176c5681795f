package sallyport.daemon.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What passes after the handshake, and what a hostile peer makes of it; on both protocols. */
@Timeout(300)
class TlsStreamsTest {

  private enum Protocol {
    TLS_1_2,
    TLS_1_3
  }

  private final ServerTls server;

  TlsStreamsTest() throws BadPemException {
    server = TestFiles.server(TlsProfile.DEFAULT, TestFiles.identity("ec"));
  }

  private TlsPair pair(Protocol protocol) throws IOException {
    TlsProfile profile =
        protocol == Protocol.TLS_1_2 ? TlsProfile.DEFAULT.onlyOlder() : TlsProfile.DEFAULT;
    return TlsPair.of(server, TestFiles.client(profile, "mail.example.org"));
  }

  @ParameterizedTest
  @EnumSource
  void octetsComeThroughUnchanged(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    byte[] sent = new byte[100_003];
    new Random(5).nextBytes(sent);
    pair.client().output().write(sent, 0, 3);
    pair.client().output().write(sent, 3, 70_000);
    pair.client().output().write(sent, 70_003, 30_000);
    assertThat(pair.server().input().readNBytes(1)).containsExactly(sent[0]);
    assertThat(pair.server().input().available()).isEqualTo(2);
    byte[] rest = pair.server().input().readNBytes(sent.length - 1);
    assertThat(rest).isEqualTo(Arrays.copyOfRange(sent, 1, sent.length));
    assertThat(pair.server().input().available()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void closeNotifyIsTheEnd(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    pair.client().output().write("QUIT\r\n".getBytes(US_ASCII));
    pair.client().closeOutput();
    assertThat(pair.server().input().readAllBytes()).asString(US_ASCII).isEqualTo("QUIT\r\n");
    assertThat(pair.server().input().read()).isEqualTo(-1);
    assertThat(pair.server().fault()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void missingCloseNotifyIsNoEnd(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    pair.client().output().write("DATA".getBytes(US_ASCII));
    TlsStreams cut = pair.server();
    assertThat(cut.input().readNBytes(4)).hasSize(4);
    pair.toServer().end();
    assertThatThrownBy(() -> cut.input().read()).isInstanceOf(TruncatedException.class);
    assertThat(cut.fault()).contains("the connection ended without a close_notify");
  }

  @ParameterizedTest
  @EnumSource
  void lastWordsCanBeSaidAfterTheInputWasShut(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    pair.toServer().end();
    assertThatThrownBy(() -> pair.server().input().read()).isInstanceOf(TruncatedException.class);
    pair.server().output().write("421 bye\r\n".getBytes(US_ASCII));
    pair.server().closeOutput();
    assertThat(pair.client().input().readAllBytes()).asString(US_ASCII).isEqualTo("421 bye\r\n");
  }

  @ParameterizedTest
  @EnumSource
  void forgedRecordEndsTheSession(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    byte[] forged = {
      23, 3, 3, 0, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
      22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32
    };
    pair.toServer().output().write(forged);
    assertThatThrownBy(() -> pair.server().input().read()).isInstanceOf(SSLException.class);
    assertThat(pair.server().fault()).isPresent();
    assertThatThrownBy(() -> pair.client().input().read()).isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @EnumSource
  void plainTextInTheMiddleEndsTheSession(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    pair.toServer().output().write("RSET\r\n".getBytes(US_ASCII));
    assertThatThrownBy(() -> pair.server().input().read())
        .isInstanceOf(SSLException.class)
        .hasMessage("a record with a wrong header");
  }

  @ParameterizedTest
  @EnumSource
  void tinyRecordsComeThrough(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    for (int i = 0; i < 1000; i++) {
      pair.client().output().write('a' + i % 26);
    }
    assertThat(pair.server().input().readNBytes(1000)).hasSize(1000).startsWith('a', 'b', 'c');
  }

  /** Key updates; JSSE makes no empty records, and counts those that it reads as we do. */
  @ParameterizedTest
  @EnumSource(names = "TLS_1_3")
  void recordsWithoutDataAreBounded(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    pair.client().output().write('a');
    updateKeys(pair, TlsStreams.MAX_EMPTY_RECORDS);
    pair.client().output().write('b');
    assertThat(pair.server().input().readNBytes(2)).containsExactly('a', 'b');
    updateKeys(pair, TlsStreams.MAX_EMPTY_RECORDS + 1);
    assertThatThrownBy(() -> pair.server().input().read())
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("records in a row without data");
  }

  private static void updateKeys(TlsPair pair, int records) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(RecordBuffers.SIZE);
    for (int i = 0; i < records; i++) {
      pair.client().engine().beginHandshake();
      pair.client().engine().wrap(ByteBuffer.allocate(0), record.clear());
      assertThat(record.position()).isPositive();
      pair.toServer().output().write(record.array(), 0, record.position());
    }
  }

  /** CVE-2009-3555 and CVE-2011-1473: a renegotiation is refused, not only a bad one. */
  @ParameterizedTest
  @EnumSource(names = "TLS_1_2")
  void renegotiationIsRefused(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    SSLEngine client = pair.client().engine();
    client.beginHandshake();
    ByteBuffer hello = ByteBuffer.allocate(RecordBuffers.SIZE);
    client.wrap(ByteBuffer.allocate(0), hello);
    pair.toServer().output().write(hello.array(), 0, hello.position());
    assertThatThrownBy(() -> pair.server().input().read())
        .isInstanceOf(SSLException.class)
        .hasMessage("the peer wanted to renegotiate");
  }

  @ParameterizedTest
  @EnumSource(names = "TLS_1_3")
  void keyUpdateIsFollowed(Protocol protocol) throws IOException {
    TlsPair pair = pair(protocol);
    SSLEngine client = pair.client().engine();
    client.beginHandshake();
    pair.client().output().write('a');
    pair.client().output().write('b');
    assertThat(pair.server().input().readNBytes(2)).containsExactly('a', 'b');
    pair.server().output().write('c');
    assertThat(pair.client().input().read()).isEqualTo('c');
  }

  @ParameterizedTest
  @EnumSource
  void plainOctetsAheadOfTheHandshakeAreNeverData(Protocol protocol) {
    InputStream ahead =
        new SequenceInputStream(
            new ByteArrayInputStream("RSET\r\n".getBytes(US_ASCII)), InputStream.nullInputStream());
    assertThatThrownBy(() -> TlsStreams.server(ahead, OutputStream.nullOutputStream(), server))
        .as(protocol.name())
        .isInstanceOf(NotTlsException.class);
  }
}
