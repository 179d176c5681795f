package sallyport.daemon;

import java.net.URISyntaxException;
import java.nio.file.Path;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.daemon.tls.ServerTls;
import sallyport.daemon.tls.TlsProfile;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

/** Both sides of TLS, as a table makes them of the test's certificates. */
final class TlsFiles {
  private TlsFiles() {}

  static ServerTls server() {
    String table =
        "smap: listen 25 tls\nsmap: tls-cert %s\nsmap: tls-key %s\n"
            .formatted(file("ec.crt"), file("ec.key"));
    Settings settings = Settings.of(Table.parse("table", table), "smap");
    return ServerTls.of(settings, settings.listen(25)).orElseThrow();
  }

  static ClientTls client(String options) {
    Settings settings = Settings.of(Table.parse("table", "smapd: relay h " + options), "smapd");
    return ClientTlsOptions.of(
            settings, settings.first("relay").orElseThrow(), ClientTls.Mode.OFF, TlsProfile.DEFAULT)
        .towards("mail.example.org")
        .orElseThrow();
  }

  static Path file(String name) {
    try {
      return Path.of(TlsFiles.class.getResource("/tls/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
