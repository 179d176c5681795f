package sallyport.manual;

import java.util.ArrayList;
import java.util.List;

/** The little of Markdown that {@code docs/} uses: headings, paragraphs, lists, fences, tables. */
final class Markdown {
  private final List<String> lines;
  private int at;

  private Markdown(String text) {
    lines = text.lines().toList();
  }

  /** Writes the document after its title. */
  static void write(String text, Roff page) {
    new Markdown(text).write(page);
  }

  private void write(Roff page) {
    while (at < lines.size()) {
      String line = lines.get(at);
      if (line.startsWith("```")) {
        page.verbatim(fence());
      } else if (line.startsWith("### ")) {
        page.subsection(next().substring(4));
      } else if (line.startsWith("## ")) {
        page.section(next().substring(3));
      } else if (line.startsWith("# ") || line.isBlank()) {
        at++;
      } else if (line.startsWith("|")) {
        table(page);
      } else if (line.startsWith("- ")) {
        page.item(Inline.ofMarkdown(wrapped(next().substring(2))));
      } else {
        page.paragraph(Inline.ofMarkdown(wrapped(next())));
      }
    }
  }

  private String next() {
    return lines.get(at++);
  }

  private String fence() {
    at++;
    List<String> inside = new ArrayList<>();
    while (at < lines.size() && !lines.get(at).startsWith("```")) {
      inside.add(next());
    }
    at++;
    return String.join("\n", inside);
  }

  /** What goes on in the following lines. */
  private String wrapped(String first) {
    StringBuilder text = new StringBuilder(first);
    while (at < lines.size()
        && !lines.get(at).isBlank()
        && !lines.get(at).matches("(- |[|#`]).*")) {
      text.append(' ').append(next().strip());
    }
    return text.toString();
  }

  /** The first column is the term; a head of two lines is passed over. */
  private void table(Roff page) {
    at += lines.size() > at + 1 && lines.get(at + 1).startsWith("|-") ? 2 : 0;
    while (at < lines.size() && lines.get(at).startsWith("|")) {
      // A bar in a value is written \|.
      String[] cells = next().replaceAll("^\\||\\|$", "").split("(?<!\\\\)\\|", -1);
      StringBuilder meaning = new StringBuilder();
      for (int i = 1; i < cells.length; i++) {
        String cell = cells[i].strip().replace("\\|", "|");
        meaning.append(meaning.isEmpty() || cell.isEmpty() ? "" : "; ").append(cell);
      }
      page.term(
          Inline.ofMarkdown(cells[0].strip().replace("\\|", "|")),
          Inline.ofMarkdown(meaning.toString()));
    }
  }
}
