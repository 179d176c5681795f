package sallyport.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A mail program that strangers use, and what it makes of the octets that it is given. {@code
 * expected} is what a hub must hold below smap's {@code Received:}, with CR LF.
 */
enum Peer {
  /**
   * Takes the data from a file and always adds a CR LF and the dot, so it is given all but the last
   * line's end. It would read {@code \n} and {@code %WORD%} in the text as something else.
   */
  SWAKS {
    @Override
    void send(int port, String from, String to, Path message) throws Exception {
      byte[] octets = Files.readAllBytes(message);
      Path unended = message.resolveSibling("unended");
      Files.write(unended, withoutLastLineEnd(octets));
      run(
          new byte[0],
          Needs.program("swaks"),
          "--server",
          "127.0.0.1:" + port,
          "--helo",
          "client.outside.example",
          "--from",
          from,
          "--to",
          to,
          "--hide-all",
          "--data",
          "@" + unended);
    }
  },

  /** Reads Unix text on its standard input: LF ends a line, and the header keeps its fields. */
  MSMTP {
    @Override
    void send(int port, String from, String to, Path message) throws Exception {
      String text = Files.readString(message, StandardCharsets.ISO_8859_1);
      run(
          text.replace("\r\n", "\n").getBytes(StandardCharsets.ISO_8859_1),
          Needs.program("msmtp"),
          "--file=/dev/null",
          "--host=127.0.0.1",
          "--port=" + port,
          "--domain=client.outside.example",
          "--tls=off",
          "--auth=off",
          "--from=" + from,
          "--",
          to);
    }
  },

  /** Sends the file as it is, dots stuffed, and a CR LF before the final dot if there is none. */
  CURL {
    @Override
    void send(int port, String from, String to, Path message) throws Exception {
      run(
          new byte[0],
          Needs.program("curl"),
          "--silent",
          "--show-error",
          "--url",
          "smtp://127.0.0.1:" + port + "/client.outside.example",
          "--mail-from",
          from,
          "--mail-rcpt",
          to,
          "--upload-file",
          message.toString());
    }
  },

  /**
   * {@code smtplib.sendmail} with octets: dots stuffed, and a CR LF at the end if there is none.
   */
  SMTPLIB {
    private static final String PROGRAM =
        """
        import smtplib, sys
        port, sender, recipient, path = sys.argv[1:]
        with smtplib.SMTP('127.0.0.1', int(port), 'client.outside.example') as smtp:
            smtp.sendmail(sender, [recipient], open(path, 'rb').read(), ['BODY=8BITMIME'])
        """;

    @Override
    void send(int port, String from, String to, Path message) throws Exception {
      run(
          new byte[0],
          Needs.program("python3"),
          "-c",
          PROGRAM,
          String.valueOf(port),
          from,
          to,
          message.toString());
    }
  };

  private static final Duration SEND_TIME = Duration.ofSeconds(90);

  /** Sends the octets of a file, which are a whole message with CR LF, and waits for the 250. */
  abstract void send(int port, String from, String to, Path message) throws Exception;

  /** The program's name, as a machine may lack it. */
  String program() {
    return this == SMTPLIB ? "python3" : name().toLowerCase(java.util.Locale.ROOT);
  }

  private static void run(byte[] input, String... command)
      throws IOException, InterruptedException {
    Child.run(SEND_TIME, input, command);
  }

  private static byte[] withoutLastLineEnd(byte[] octets) {
    int end = octets.length;
    boolean ended = end >= 2 && octets[end - 2] == '\r' && octets[end - 1] == '\n';
    return java.util.Arrays.copyOf(octets, ended ? end - 2 : end);
  }
}
