package sallyport.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** An authority of one test run: its certificates and keys lie in a folder, made by openssl. */
final class TestAuthority {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final Path folder;

  /** A certificate and its key, in PEM. */
  record Issued(Path certificate, Path key) {}

  TestAuthority(Path parent) throws IOException, InterruptedException {
    Needs.programs("openssl");
    folder = Files.createDirectory(parent.resolve("authority"));
    makeKey("authority");
    openssl(
        "req -x509 -new -days 30 -subj /CN=authority -key %1$s/authority-key.pem"
            + " -out %1$s/authority.pem -addext basicConstraints=critical,CA:TRUE");
  }

  /** What others trust. */
  Path certificate() {
    return folder.resolve("authority.pem");
  }

  /** A certificate for that name. */
  Issued issue(String name) throws IOException, InterruptedException {
    return issue(name, name, 30);
  }

  /** The same, but its time ran out yesterday. */
  Issued issueExpired(String name) throws IOException, InterruptedException {
    return issue("expired-" + name, name, -1);
  }

  private Issued issue(String file, String name, int days)
      throws IOException, InterruptedException {
    makeKey(file);
    Files.writeString(folder.resolve(file + ".ext"), "subjectAltName=DNS:" + name + "\n");
    String own = "%1$s/" + file;
    openssl("req -new -subj /CN=" + name + " -key " + own + "-key.pem -out " + own + ".csr");
    openssl(
        "x509 -req -in "
            + own
            + ".csr -CA %1$s/authority.pem -CAkey %1$s/authority-key.pem"
            + " -CAcreateserial -days "
            + days
            + " -extfile "
            + own
            + ".ext -out "
            + own
            + ".pem");
    return new Issued(folder.resolve(file + ".pem"), folder.resolve(file + "-key.pem"));
  }

  private void makeKey(String file) throws IOException, InterruptedException {
    openssl(
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out %1$s/"
            + file
            + "-key.pem");
  }

  private void openssl(String arguments) throws IOException, InterruptedException {
    Child.run(BOUND, new byte[0], ("openssl " + arguments.formatted(folder)).split(" "));
  }
}
