package sallyport.daemon.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads the blocks of a PEM file (RFC 7468, and the older form with headers of RFC 1421). */
final class Pem {
  /** Octets of one file; the bundle of a whole system has about 220 KiB. */
  static final int MAX_FILE_OCTETS = 4 * 1024 * 1024;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private Pem() {}

  /** One block, decoded; an encrypted one has no octets. */
  static final class Block {
    private final String label;
    private final boolean encrypted;
    private final byte[] octets;

    Block(String label, boolean encrypted, byte[] octets) {
      this.label = label;
      this.encrypted = encrypted;
      this.octets = octets;
    }

    String label() {
      return label;
    }

    boolean encrypted() {
      return encrypted;
    }

    byte[] octets() {
      return octets;
    }
  }

  /** All blocks of a file, in order. */
  static List<Block> read(Path file) throws BadPemException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] octets = in.readNBytes(MAX_FILE_OCTETS + 1);
      if (octets.length > MAX_FILE_OCTETS) {
        throw new BadPemException(file + ": is larger than " + MAX_FILE_OCTETS + " octets");
      }
      return blocks(file, new String(octets, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw new BadPemException(file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new BadPemException(file + ": " + PemFiles.denied(file), e);
    } catch (IOException e) {
      throw new BadPemException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  static List<Block> blocks(Path file, String text) throws BadPemException {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = text.lines().map(String::strip).toList();
    for (int at = 0; at < lines.size(); at++) {
      String line = lines.get(at);
      if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
        String label = line.substring(BEGIN.length(), line.length() - DASHES.length());
        int end = lines.subList(at, lines.size()).indexOf(END + label + DASHES);
        if (end < 0) {
          throw new BadPemException(
              file + ": the " + label + " of line " + (at + 1) + " has no END");
        }
        blocks.add(block(file, at + 1, label, lines.subList(at + 1, at + end)));
        at += end;
      }
    }
    return blocks;
  }

  private static Block block(Path file, int line, String label, List<String> inner)
      throws BadPemException {
    boolean headers = inner.stream().anyMatch(text -> text.indexOf(':') >= 0);
    boolean encrypted =
        label.equals("ENCRYPTED PRIVATE KEY")
            || inner.stream().anyMatch(text -> text.startsWith("Proc-Type:"));
    if (encrypted) {
      return new Block(label, true, new byte[0]);
    }
    List<String> base64 = headers ? inner.subList(inner.indexOf("") + 1, inner.size()) : inner;
    try {
      return new Block(label, false, Base64.getDecoder().decode(String.join("", base64)));
    } catch (IllegalArgumentException e) {
      throw new BadPemException(
          file + ": the " + label + " of line " + line + " is no base64: " + e.getMessage(), e);
    }
  }
}
