package sallyport.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A mail program that checks the gateway's certificate and then sends the password itself. */
enum TlsPop3Peer {
  /** USER and PASS. */
  FETCHMAIL("fetchmail") {
    @Override
    String fetch(Way way, Pop3Peer.Account account, Path authority) throws Exception {
      Path arrived = account.folder().resolve("arrived");
      Files.deleteIfExists(arrived);
      Path file =
          account.secretFile(
              "fetchmailrc",
              """
              poll 127.0.0.1 service %d protocol pop3 user "%s" password "%s" %s
              sslcertck sslcertfile %s sslcommonname %s keep fetchall mda "cat >> %s"
              """
                  .formatted(
                      account.port(),
                      account.login(),
                      account.secret(),
                      way == Way.TLS ? "ssl" : "sslproto 'TLS1.2+'",
                      authority,
                      NAME,
                      arrived));
      run(
          "",
          List.of(
              "env",
              "FETCHMAILHOME=" + account.folder(),
              "fetchmail",
              "--nodetach",
              "--nosyslog",
              "-f",
              file.toString()));
      return Files.readString(arrived, StandardCharsets.ISO_8859_1);
    }
  },

  /** AUTH PLAIN. */
  MPOP("mpop") {
    @Override
    String fetch(Way way, Pop3Peer.Account account, Path authority) throws Exception {
      Path arrived = account.folder().resolve("arrived");
      Files.deleteIfExists(arrived);
      Path file =
          account.secretFile(
              "mpoprc",
              """
              defaults
              tls on
              tls_starttls %s
              tls_trust_file %s
              tls_host_override %s
              auth plain
              received_header off
              uidls_file %s/uidls
              account test
              host 127.0.0.1
              port %d
              user %s
              password %s
              keep on
              delivery mbox %s
              """
                  .formatted(
                      way == Way.TLS ? "off" : "on",
                      authority,
                      NAME,
                      account.folder(),
                      account.port(),
                      account.login(),
                      account.secret(),
                      arrived));
      run("", List.of("mpop", "--file=" + file, "--only-new=off", "test"));
      return Files.readString(arrived, StandardCharsets.ISO_8859_1);
    }
  },

  /** AUTH PLAIN. */
  CURL("curl") {
    @Override
    String fetch(Way way, Pop3Peer.Account account, Path authority) throws Exception {
      String server = NAME + ":" + account.port();
      List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
      command.addAll(List.of("--config", "-", "--cacert", authority.toString()));
      command.addAll(List.of("--resolve", server + ":127.0.0.1", "--login-options", "AUTH=PLAIN"));
      command.addAll(
          way == Way.TLS
              ? List.of("pop3s://" + server + "/1")
              : List.of("--ssl-reqd", "pop3://" + server + "/1"));
      return run("user = \"" + account.login() + ":" + account.secret() + "\"\n", command);
    }
  },

  /** USER and PASS; the challenge of the greeting is there, but unused. */
  POPLIB("python3") {
    private static final String SCRIPT =
        """
        import poplib, ssl, sys
        port, login, way, authority = sys.argv[1:]
        trust = ssl.create_default_context(cafile=authority)
        trust.check_hostname = False
        if way == "TLS":
            box = poplib.POP3_SSL("127.0.0.1", int(port), context=trust)
        else:
            box = poplib.POP3("127.0.0.1", int(port))
            assert "STLS" in box.capa(), box.capa()
            box.stls(trust)
        capabilities = box.capa()
        assert "STLS" not in capabilities and "USER" in capabilities, capabilities
        box.user(login)
        box.pass_(sys.stdin.readline().strip())
        for line in box.retr(1)[1]:
            print(line.decode("iso-8859-1"))
        box.quit()
        """;

    @Override
    String fetch(Way way, Pop3Peer.Account account, Path authority) throws Exception {
      return run(
          account.secret() + "\n",
          List.of(
              "python3",
              "-c",
              SCRIPT,
              String.valueOf(account.port()),
              account.login(),
              way.name(),
              authority.toString()));
    }
  },

  /** USER and PASS, and all that follows, in one write behind the handshake. */
  OPENSSL("openssl") {
    @Override
    String fetch(Way way, Pop3Peer.Account account, Path authority) throws Exception {
      return sClient(
          way,
          account,
          authority,
          "USER %s\r\nPASS %s\r\nRETR 1\r\nQUIT\r\n".formatted(account.login(), account.secret()));
    }
  };

  /** In the gateway's certificate. */
  static final String NAME = "gateway.example";

  private static final Duration BOUND = Duration.ofSeconds(60);

  /** How TLS begins. */
  enum Way {
    TLS,
    STLS
  }

  private final String program;

  TlsPop3Peer(String program) {
    this.program = program;
  }

  /** What must be installed for it. */
  String program() {
    return program;
  }

  /** Reads the only message and leaves it. */
  abstract String fetch(Way way, Pop3Peer.Account account, Path authority) throws Exception;

  /** All that {@code openssl s_client} is told after saying this; more arguments as it likes. */
  static String sClient(
      Way way, Pop3Peer.Account account, Path authority, String said, String... more)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("openssl", "s_client", "-quiet", "-connect", "127.0.0.1:" + account.port()));
    command.addAll(List.of("-CAfile", authority.toString(), "-verify_return_error"));
    command.addAll(List.of("-verify_hostname", NAME, "-servername", NAME));
    if (way == Way.STLS) {
      command.addAll(List.of("-starttls", "pop3"));
    }
    command.addAll(List.of(more));
    return run(said, command);
  }

  private static String run(String input, List<String> command)
      throws IOException, InterruptedException {
    return String.join(
        "\n",
        Child.run(
            BOUND, input.getBytes(StandardCharsets.US_ASCII), command.toArray(String[]::new)));
  }
}
