package sallyport.manual;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words within a paragraph. Both sources are brought into one form: back quotes around what is
 * typed, two stars around what matters.
 */
final class Inline {
  private static final Pattern CODE = Pattern.compile("`([^`]*)`|\\*\\*([^*]+)\\*\\*");
  private static final Pattern TAG = Pattern.compile("\\{@(?:code|literal) ([^{}]*)\\}");
  private static final Pattern LINK =
      Pattern.compile("\\{@link\\s+([^\\s}]+)(?:\\s+([^}]*))?\\}", Pattern.DOTALL);
  private static final Pattern WEB = Pattern.compile("\\[([^\\]]*)\\]\\([^)]*\\)");

  /** Documents of the sources that are manual pages themselves. */
  private static final Map<String, String> PAGES =
      Map.of(
          "docs/netperm-table.md", "netperm-table(5)",
          "docs/log.md", "sallyport-log(5)",
          "docs/security.md", "/usr/share/doc/sallyport/security.md",
          "docs/guide.md", "/usr/share/doc/sallyport/guide.md");

  private Inline() {}

  /** Of Javadoc. */
  static String ofJavadoc(String text) {
    String plain = TAG.matcher(text.replaceAll("\\s+", " ")).replaceAll(m -> quoted(m.group(1)));
    plain = LINK.matcher(plain).replaceAll(m -> quoted(shortName(m)));
    plain = plain.replaceAll("</?(b|strong|em|i)>", "**").replaceAll("</?code>", "`");
    return entities(plain.replaceAll("<[^>]+>", ""));
  }

  private static String quoted(String code) {
    return Matcher.quoteReplacement("`" + code + "`");
  }

  /** A class and its constant are for who reads the sources; the last word is kept. */
  private static String shortName(MatchResult link) {
    String label = link.group(2);
    if (label != null && !label.isBlank()) {
      return label.strip();
    }
    String target = link.group(1);
    String owner = target.substring(target.indexOf('#') < 0 ? 0 : target.indexOf('#') + 1);
    return owner.substring(owner.lastIndexOf('.') + 1);
  }

  /** Of Markdown, which has the form already but for its links. */
  static String ofMarkdown(String text) {
    return WEB.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group(1)));
  }

  static String entities(String text) {
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
  }

  static String toRoff(String marked) {
    StringBuilder out = new StringBuilder();
    Matcher matcher = CODE.matcher(marked);
    int from = 0;
    while (matcher.find()) {
      out.append(Roff.escape(marked.substring(from, matcher.start())));
      String marks = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      String word = PAGES.getOrDefault(marks, marks);
      out.append("\\fB").append(Roff.escape(word)).append("\\fR");
      from = matcher.end();
    }
    return out.append(Roff.escape(marked.substring(from))).toString();
  }
}
