package sallyport.manual;

import java.util.Locale;

/** A manual page under construction, in the macros of man(7). One thread. */
final class Roff {
  private final StringBuilder text = new StringBuilder();

  /** The head of the page. */
  Roff(String name, int section, String version) {
    line(".\\\" Made from the sources of Sallyport; do not edit.");
    line(
        ".TH \"%s\" %d \"\" \"Sallyport %s\" \"Sallyport\""
            .formatted(name.toUpperCase(Locale.ROOT), section, version));
    line(".nh");
    line(".ad l");
  }

  /** A section, in capitals as is the custom. */
  Roff section(String title) {
    return line(".SH \"" + escape(title.toUpperCase(Locale.ROOT)) + "\"");
  }

  /** A part of a section. */
  Roff subsection(String title) {
    return line(".SS \"" + escape(title) + "\"");
  }

  /** A paragraph of its own, in the marks of {@link Inline}. */
  Roff paragraph(String marked) {
    return marked.isBlank() ? this : line(".PP").line(body(marked));
  }

  /** An item of a list. */
  Roff item(String marked) {
    return line(".IP \\(bu 2").line(body(marked));
  }

  /** A term and what it means. */
  Roff term(String marked, String meaning) {
    return line(".TP").line(body(marked)).line(meaning.isBlank() ? "\\&" : body(meaning));
  }

  /** Lines as they are. */
  Roff verbatim(String lines) {
    line(".PP").line(".in +2n").line(".nf");
    lines.lines().forEach(one -> line(guarded(escape(one))));
    return line(".fi").line(".in");
  }

  /** The whole page. */
  @Override
  public String toString() {
    return text.toString();
  }

  private Roff line(String one) {
    text.append(one).append('\n');
    return this;
  }

  private static String body(String marked) {
    return guarded(Inline.toRoff(marked.strip().replaceAll("\\s+", " ")));
  }

  /** A line of text that begins with a dot or a quote would be a command. */
  private static String guarded(String one) {
    return one.startsWith(".") || one.startsWith("'") ? "\\&" + one : one;
  }

  /** Text that means itself. */
  static String escape(String plain) {
    StringBuilder out = new StringBuilder();
    plain
        .codePoints()
        .forEach(c -> {
          switch (c) {
            case '\\' -> out.append("\\e");
            case '-' -> out.append("\\-");
            case '\'' -> out.append("\\(aq");
            case '`' -> out.append("\\(ga");
            case '^' -> out.append("\\(ha");
            case '~' -> out.append("\\(ti");
            default -> {
              if (c < 0x7f) {
                out.appendCodePoint(c);
              } else {
                out.append("\\[u%04X]".formatted(c));
              }
            }
          }
        });
    return out.toString();
  }
}
