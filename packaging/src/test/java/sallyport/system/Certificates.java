package sallyport.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * An authority in a folder, and the certificates that it gives; by openssl, as administrators do.
 */
record Certificates(Path folder) {
  private static final Duration TIME = Duration.ofSeconds(60);

  /** Makes the authority. */
  static Certificates in(Path folder) throws IOException, InterruptedException {
    Certificates made = new Certificates(Files.createDirectories(folder));
    made.openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "100",
        "-subj",
        "/CN=Authority",
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-keyout",
        made.file("ca.key"),
        "-out",
        made.file("ca.pem"));
    return made;
  }

  /** {@code NAME.pem} and {@code NAME.key}, for these names, with an RSA key or an EC one. */
  Certificates add(String name, String keyType, String alternatives)
      throws IOException, InterruptedException {
    return add(name, keyType, alternatives, 90);
  }

  /** The same with an EC key, but its time ran out yesterday. */
  Certificates addExpired(String name, String alternatives)
      throws IOException, InterruptedException {
    return add(name, "EC", alternatives, -1);
  }

  private Certificates add(String name, String keyType, String alternatives, int days)
      throws IOException, InterruptedException {
    String[] key =
        keyType.equals("RSA")
            ? new String[] {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}
            : new String[] {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"};
    openssl("genpkey", key[0], key[1], key[2], key[3], "-out", file(name + ".key"));
    openssl(
        "req",
        "-new",
        "-key",
        file(name + ".key"),
        "-subj",
        "/CN=" + name,
        "-out",
        file(name + ".csr"));
    Files.writeString(folder.resolve("names"), "subjectAltName=" + alternatives + "\n");
    openssl(
        "x509",
        "-req",
        "-days",
        String.valueOf(days),
        "-set_serial",
        String.valueOf(serial(name)),
        "-in",
        file(name + ".csr"),
        "-CA",
        file("ca.pem"),
        "-CAkey",
        file("ca.key"),
        "-extfile",
        file("names"),
        "-out",
        file(name + ".pem"));
    Files.setPosixFilePermissions(
        folder.resolve(name + ".key"), PosixFilePermissions.fromString("rw-------"));
    return this;
  }

  /** The serial number of the certificate of that name. */
  static long serial(String name) {
    return Math.abs((long) name.hashCode()) + 1;
  }

  String file(String name) {
    return folder.resolve(name).toString();
  }

  private void openssl(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = Needs.program("openssl");
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Child.run(TIME, new byte[0], command);
  }
}
