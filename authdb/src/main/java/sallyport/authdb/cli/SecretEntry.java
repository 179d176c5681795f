package sallyport.authdb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import sallyport.authdb.Secret;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/** Takes secrets from people and programs, and wipes what it held of them. */
final class SecretEntry {
  /** Characters under which a secret that a person made up is called short. */
  static final int SHORT = 12;

  private static final int MOST_OCTETS_OF_A_CHARACTER = 3;

  private SecretEntry() {}

  /**
   * Asks twice, without echo.
   *
   * @param otherWays what to say is expected where there is no terminal
   */
  static Secret fromTerminal(Desk desk, String label, String otherWays) throws StartupException {
    Streams.Terminal terminal =
        desk.streams()
            .terminal()
            .orElseThrow(
                () -> Desk.wrong("no terminal to ask for the secret on; expected " + otherWays));
    char[] first = ask(terminal, label + ": ");
    try {
      char[] second = ask(terminal, "The same again: ");
      boolean same = Arrays.equals(first, second);
      Arrays.fill(second, '\0');
      if (!same) {
        throw Desk.wrong("the two are not the same; nothing was changed");
      }
      return judged(desk, octets(first));
    } finally {
      Arrays.fill(first, '\0');
    }
  }

  /** Asks once, for something that can be typed again when it is wrong. */
  static char[] ask(Streams.Terminal terminal, String label) throws StartupException {
    return terminal
        .askSecret(label)
        .orElseThrow(() -> Desk.wrong("nothing was typed; nothing was changed"));
  }

  /** One line of standard input, with or without its line feed, and nothing after it. */
  static Secret fromInput(Desk desk) throws StartupException {
    byte[] line = line(desk, "secret", Secret.MOST_OCTETS);
    return judged(desk, line);
  }

  /** The only line of standard input; the caller wipes it. */
  static byte[] line(Desk desk, String what, int most) throws StartupException {
    byte[] read = new byte[most + 2];
    try {
      InputStream in = desk.streams().in();
      int length = in.readNBytes(read, 0, read.length);
      int end = 0;
      while (end < length && read[end] != '\n') {
        end++;
      }
      if (end > most) {
        throw Desk.wrong("standard input: the " + what + " is longer than " + most + " octets");
      }
      if (end + 1 < length) {
        throw Desk.wrong("standard input: more than one line; expected the " + what + " alone");
      }
      if (end == 0) {
        throw Desk.wrong("standard input: no " + what + "; expected one line");
      }
      return Arrays.copyOf(read, end);
    } catch (IOException e) {
      throw new StartupException(ExitCode.IO, "standard input: " + e.getMessage(), e);
    } finally {
      Arrays.fill(read, (byte) 0);
    }
  }

  private static Secret judged(Desk desk, byte[] octets) throws StartupException {
    try {
      Secret secret = Secret.of(octets);
      advise(desk, octets);
      return secret;
    } catch (IllegalArgumentException e) {
      throw Desk.wrong(e.getMessage() + "; nothing was changed");
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  private static void advise(Desk desk, byte[] octets) {
    if (octets.length < SHORT) {
      desk.note(
          "Note: whoever overhears one login can try out so short a secret; --generate makes a"
              + " better one.");
    }
    for (byte octet : octets) {
      if (octet < 0) {
        desk.note("Note: the secret is not all ASCII, which mail programs write differently.");
        return;
      }
    }
  }

  /** In UTF-8; the caller wipes it. */
  static byte[] octets(char[] typed) throws StartupException {
    byte[] room = new byte[MOST_OCTETS_OF_A_CHARACTER * typed.length];
    ByteBuffer encoded = ByteBuffer.wrap(room);
    try {
      if (StandardCharsets.UTF_8
          .newEncoder()
          .encode(CharBuffer.wrap(typed), encoded, true)
          .isError()) {
        throw Desk.wrong("what was typed is no text; nothing was changed");
      }
      return Arrays.copyOf(room, encoded.position());
    } finally {
      Arrays.fill(room, (byte) 0);
    }
  }

  static void print(Desk desk, Secret secret) {
    byte[] octets = secret.octets();
    for (byte octet : octets) {
      desk.streams().out().print((char) octet);
    }
    desk.streams().out().println();
    Arrays.fill(octets, (byte) 0);
  }
}
