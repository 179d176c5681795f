package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Mail programs of strangers through every kind of listener of a confined smap. */
class TlsSmtpIT {
  private static final Duration TIME = Duration.ofSeconds(90);
  private static final String NAME = "mail.gateway.example";
  private static final String FROM = "ann@outside.example";
  private static final String TO = "john@" + Gateway.DOMAIN;
  private static final Pattern LISTENING = Pattern.compile("address=\\S*:(\\d+)(?: tls=(\\S+))?");

  /** Each kind of listener, by its word in the table. */
  enum Kind {
    STARTTLS,
    STARTTLS_REQUIRED,
    TLS;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    List<String> openssl() {
      return this == TLS ? List.of() : List.of("-starttls", "smtp");
    }
  }

  /** A mail program, and how it is told to want TLS. */
  enum Program {
    SWAKS {
      @Override
      void send(Kind kind, int port) throws Exception {
        run(
            "",
            "swaks",
            "--server",
            "127.0.0.1:" + port,
            kind == Kind.TLS ? "--tls-on-connect" : "--tls",
            "--tls-sni",
            NAME,
            "--tls-verify",
            "--tls-ca-path",
            certificates.file("ca.pem"),
            "--helo",
            "client.outside.example",
            "--from",
            FROM,
            "--to",
            TO);
      }
    },
    MSMTP {
      @Override
      void send(Kind kind, int port) throws Exception {
        run(
            "Subject: x\n\nhello\n",
            "msmtp",
            "--file=/dev/null",
            "--host=127.0.0.1",
            "--port=" + port,
            "--domain=client.outside.example",
            "--tls=on",
            "--tls-starttls=" + (kind == Kind.TLS ? "off" : "on"),
            "--tls-trust-file=" + certificates.file("ca.pem"),
            "--tls-host-override=" + NAME,
            "--auth=off",
            "--from=" + FROM,
            "--",
            TO);
      }
    },
    CURL {
      @Override
      void send(Kind kind, int port) throws Exception {
        run(
            "Subject: x\r\n\r\nhello\r\n",
            "curl",
            "--silent",
            "--show-error",
            "--ssl-reqd",
            "--cacert",
            certificates.file("ca.pem"),
            "--connect-to",
            NAME + ":" + port + ":127.0.0.1:" + port,
            "--url",
            (kind == Kind.TLS ? "smtps://" : "smtp://") + NAME + ":" + port + "/client.example",
            "--mail-from",
            FROM,
            "--mail-rcpt",
            TO,
            "--upload-file",
            "-");
      }
    };

    abstract void send(Kind kind, int port) throws Exception;
  }

  @TempDir static Path folder;
  private static Certificates certificates;
  private static Gateway gateway;
  private static Child smap;
  private static final Map<Kind, Integer> PORTS = new EnumMap<>(Kind.class);

  @BeforeAll
  static void start() throws Exception {
    Needs.programs("openssl", "swaks", "msmtp", "curl");
    Needs.root();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    certificates =
        Certificates.in(folder.resolve("certificates"))
            .add("mail", "RSA", "DNS:" + NAME + ",IP:127.0.0.1")
            .add("twin", "EC", "DNS:" + NAME)
            .add("other", "EC", "DNS:other.gateway.example");
    gateway = gateway("gateway");
    for (String name : List.of("mail", "twin", "other")) {
      use(gateway, name, name);
    }
    smap = gateway.smap();
    for (String line : smap.events("listening")) {
      Matcher listening = LISTENING.matcher(line);
      assertThat(listening.find()).isTrue();
      for (Kind kind : Kind.values()) {
        if (kind.word().equals(listening.group(2))) {
          PORTS.put(kind, Integer.parseInt(listening.group(1)));
        }
      }
    }
  }

  private static Gateway gateway(String name) throws IOException {
    Gateway made = new Gateway(Files.createDirectories(folder.resolve(name))).relay(9);
    made.without("smap: listen");
    for (Kind kind : Kind.values()) {
      made.line("smap: listen 127.0.0.1:0 " + kind.word());
    }
    return made;
  }

  private static void use(Gateway made, String certificate, String key) {
    made.line("smap: tls-cert " + certificates.file(certificate + ".pem"));
    made.line("smap: tls-key " + certificates.file(key + ".key"));
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
  }

  static Stream<Arguments> everyProgramAndListener() {
    return Stream.of(Program.values())
        .flatMap(program -> Stream.of(Kind.values()).map(kind -> Arguments.of(program, kind)));
  }

  @ParameterizedTest
  @MethodSource("everyProgramAndListener")
  void messageComesIn(Program program, Kind kind) throws Exception {
    int before = gateway.in("new").size();
    program.send(kind, PORTS.get(kind));
    List<String> batches = gateway.in("new");
    assertThat(batches).as(smap.text()).hasSize(before + 1);
    boolean found = false;
    for (String batch : batches) {
      String text =
          Files.readString(
              gateway.spool().resolve("new").resolve(batch), StandardCharsets.ISO_8859_1);
      assertThat(text).contains("\nTLS TLSv1.3 TLS_").contains("with ESMTPS");
      found = true;
    }
    assertThat(found).isTrue();
  }

  @Test
  void smapIsConfinedAndHasNothingOpenOutside() throws Exception {
    Confined.assertConfined(smap, gateway.spool(), Gateway.SMAP);
    Confined.assertNoOpenFolderOutside(smap, gateway.spool());
  }

  @ParameterizedTest
  @CsvSource({"mail.gateway.example, mail", "other.gateway.example, other"})
  void nameChoosesTheCertificate(String name, String certificate) throws Exception {
    for (Kind kind : Kind.values()) {
      List<String> said =
          openssl(kind, "-servername", name, "-verify_hostname", name, "-verify_return_error");
      assertThat(said).as(certificate).contains("Verification: OK");
    }
    smap.awaitEvent(TIME, "tls", "sni=" + name, "verified=no");
  }

  /** What the default profile offers, and what nobody should. */
  @ParameterizedTest
  @CsvSource({
    "-tls1_3, -ciphersuites, TLS_AES_256_GCM_SHA384, yes",
    "-tls1_3, -ciphersuites, TLS_AES_128_GCM_SHA256, yes",
    "-tls1_3, -ciphersuites, TLS_CHACHA20_POLY1305_SHA256, yes",
    "-tls1_2, -cipher, ECDHE-RSA-AES256-GCM-SHA384, yes",
    "-tls1_2, -cipher, ECDHE-ECDSA-AES128-GCM-SHA256, yes",
    "-tls1_2, -cipher, ECDHE-RSA-CHACHA20-POLY1305, yes",
    "-tls1_2, -cipher, ECDHE-RSA-AES128-SHA256, no",
    "-tls1_2, -cipher, ECDHE-ECDSA-AES256-SHA, no",
    "-tls1_2, -cipher, AES128-GCM-SHA256, no",
    "-tls1_2, -cipher, DHE-RSA-AES128-GCM-SHA256, no",
    "-tls1_1, -cipher, ALL:@SECLEVEL=0, no",
    "-tls1, -cipher, ALL:@SECLEVEL=0, no",
  })
  void profileOffers(String protocol, String option, String suite, String offered)
      throws Exception {
    if (offered.equals("yes")) {
      assertThat(openssl(Kind.TLS, protocol, option, suite)).contains("Verification: OK");
    } else {
      assertThatThrownBy(() -> openssl(Kind.TLS, protocol, option, suite))
          .isInstanceOf(IOException.class);
      smap.awaitEvent(TIME, "tls-failed");
    }
  }

  private static List<String> openssl(Kind kind, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-brief",
                "-connect",
                "127.0.0.1:" + PORTS.get(kind),
                "-CAfile",
                certificates.file("ca.pem")));
    arguments.addAll(kind.openssl());
    arguments.addAll(List.of(more));
    return run("QUIT\r\n", arguments.toArray(String[]::new));
  }

  static List<String> run(String input, String program, String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = Needs.program(program);
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return Child.run(TIME, input.getBytes(StandardCharsets.US_ASCII), command);
  }

  private static List<String> run(String input, String[] command) throws Exception {
    return run(
        input, command[0], List.of(command).subList(1, command.length).toArray(new String[0]));
  }

  @ParameterizedTest
  @EnumSource
  void halfHandshakesLeaveTheDoorOpen(Kind kind) throws Exception {
    List<Socket> half = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        Socket socket = new Socket("127.0.0.1", PORTS.get(kind));
        half.add(socket);
        if (kind == Kind.TLS) {
          socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
        }
      }
      assertThatCode(() -> Program.SWAKS.send(kind, PORTS.get(kind))).doesNotThrowAnyException();
    } finally {
      for (Socket socket : half) {
        socket.close();
      }
    }
  }

  @Test
  void wrongKeyIsSaidBeforeTheStartAndLeavesTheRunningOneAlone() throws Exception {
    try (Gateway wrong = gateway("wrong")) {
      use(wrong, "mail", "twin");
      Child refused = wrong.launch("smap");
      assertThat(refused.awaitExit(TIME)).isEqualTo(78);
      assertThat(refused.text())
          .contains("error: tls-key " + certificates.file("twin.key") + ": this is not the key");
      wrong.writeTable();
      assertThatThrownBy(() ->
              Child.run(
                  TIME,
                  new byte[0],
                  Gateway.program("netperm"),
                  "check",
                  "--table",
                  wrong.table().toString()))
          .hasMessageContaining("this is not the key of the certificate");
    }
    assertThat(smap.isAlive()).isTrue();
  }
}
