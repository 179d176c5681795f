package sallyport.daemon.tls;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * What a handshake came to.
 *
 * @param protocol such as {@code TLSv1.3}
 * @param suite the cipher suite's IANA name
 * @param group of the key exchange, such as {@code x25519}; {@code none} if a TLS 1.2 session was
 *     resumed
 * @param sni the name that the client asked for, or empty; a stranger's word where we are the
 *     server
 * @param verified whether the peer has shown who it is
 * @param peer the name it was verified for, or empty
 */
public record TlsFacts(
    String protocol, String suite, String group, String sni, boolean verified, String peer) {

  /**
   * For the log, in this order: {@code tls}, {@code suite}, {@code group}, {@code sni}, {@code
   * verified}.
   */
  public SequencedMap<String, String> fields() {
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    fields.put("tls", protocol);
    fields.put("suite", suite);
    fields.put("group", group);
    fields.put("sni", sni.isEmpty() ? "none" : sni);
    fields.put("verified", verified ? "yes" : "no");
    return fields;
  }

  /** {@code tls=TLSv1.3 suite=TLS_AES_256_GCM_SHA384 group=x25519 sni=none verified=no}. */
  public String text() {
    return fields().entrySet().stream().map(TlsFacts::pair).collect(Collectors.joining(" "));
  }

  private static String pair(Map.Entry<String, String> field) {
    return field.getKey() + "=" + field.getValue();
  }

  /**
   * For a comment in a trace field: {@code TLSv1.3 TLS_AES_256_GCM_SHA384 x25519}, our words only.
   */
  public String summary() {
    return protocol + " " + suite + " " + group;
  }
}
