package sallyport.manual;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sections of a {@code package-info}: what stands under each {@code h2}. */
final class Javadoc {
  private static final Pattern COMMENT = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);
  private static final Pattern HEADING = Pattern.compile("<h2>(.*?)</h2>", Pattern.DOTALL);
  private static final Pattern PART =
      Pattern.compile("<pre>(.*?)</pre>|<table>(.*?)</table>|<ul>(.*?)</ul>|<p>", Pattern.DOTALL);
  private static final Pattern ROW = Pattern.compile("<tr>(.*?)</tr>", Pattern.DOTALL);
  private static final Pattern CELL = Pattern.compile("<t[dh]>(.*?)</t[dh]>", Pattern.DOTALL);

  private final Map<String, String> sections = new LinkedHashMap<>();

  /** Of the source of a package-info. */
  Javadoc(String source) {
    Matcher comment = COMMENT.matcher(source);
    if (!comment.find()) {
      throw new IllegalArgumentException("no comment");
    }
    String text = comment.group(1).replaceAll("(?m)^ \\* ?", "");
    Matcher heading = HEADING.matcher(text);
    String title = "";
    int from = 0;
    while (heading.find()) {
      put(title, text.substring(from, heading.start()));
      title = heading.group(1).strip().toUpperCase(Locale.ROOT);
      from = heading.end();
    }
    put(title, text.substring(from));
  }

  private void put(String title, String content) {
    if (!title.isEmpty()) {
      sections.put(title, content);
    }
  }

  /** The content of a section, which is given away. */
  Optional<String> take(String title) {
    return Optional.ofNullable(sections.remove(title));
  }

  /** What was not taken, in its order. */
  Map<String, String> rest() {
    return sections;
  }

  /** Writes the content of a section. */
  static void write(String content, Roff page) {
    Matcher part = PART.matcher(content);
    int from = 0;
    while (part.find()) {
      page.paragraph(Inline.ofJavadoc(content.substring(from, part.start())));
      from = part.end();
      if (part.group(1) != null) {
        page.verbatim(
            Inline.entities(part.group(1)).replaceAll("\\{@\\w+ ([^{}]*)\\}", "$1").strip());
      } else if (part.group(2) != null) {
        table(part.group(2), page);
      } else if (part.group(3) != null) {
        for (String item : part.group(3).split("<li>", -1)) {
          if (!item.isBlank()) {
            page.item(Inline.ofJavadoc(item));
          }
        }
      }
    }
    page.paragraph(Inline.ofJavadoc(content.substring(from)));
  }

  private static void table(String rows, Roff page) {
    Matcher row = ROW.matcher(rows);
    while (row.find()) {
      Matcher cell = CELL.matcher(row.group(1));
      String term = cell.find() ? Inline.ofJavadoc(cell.group(1)) : "";
      StringBuilder meaning = new StringBuilder();
      while (cell.find()) {
        meaning.append(meaning.isEmpty() ? "" : "; ").append(Inline.ofJavadoc(cell.group(1)));
      }
      page.term(term, meaning.toString());
    }
  }
}
