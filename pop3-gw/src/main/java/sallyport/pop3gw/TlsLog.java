package sallyport.pop3gw;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sallyport.daemon.Field;
import sallyport.daemon.TlsStart;
import sallyport.daemon.tls.TlsFacts;

/** What the log says of TLS. */
final class TlsLog {
  /** Before each key, where they speak of the inside server's leg. */
  private static final String INSIDE = "inside-";

  private TlsLog() {}

  /** Of both legs of a session; those in plain have no fields. */
  static Field[] fields(Optional<TlsFacts> client, Optional<TlsFacts> inside) {
    List<Field> fields = new ArrayList<>();
    client.ifPresent(facts -> fields.addAll(Field.of(facts)));
    inside.ifPresent(facts -> fields.addAll(Field.of(INSIDE, facts)));
    return fields.toArray(Field[]::new);
  }

  /** Why a handshake did not come about; empty if it did. */
  static String reason(TlsStart start) {
    return switch (start) {
      case TlsStart.Started ignored -> "";
      case TlsStart.SentAhead ignored -> "readable octets before the handshake";
      case TlsStart.NotTls ignored -> "the peer does not speak TLS";
      case TlsStart.Failed(String reason) -> reason;
      case TlsStart.TimedOut ignored -> "no handshake in time";
      case TlsStart.Lost ignored -> "the connection was lost in the handshake";
      case TlsStart.Interrupted ignored -> "interrupted";
    };
  }
}
