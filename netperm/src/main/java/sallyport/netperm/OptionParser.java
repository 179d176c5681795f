package sallyport.netperm;

import java.util.ArrayList;
import java.util.List;
import sallyport.netperm.Words.Kind;
import sallyport.netperm.Words.Word;

/** Divides what follows a keyword into values and options. */
final class OptionParser {
  private final List<Word> words;
  private final List<String> values = new ArrayList<>();
  private final List<Option> options = new ArrayList<>();
  private int next;

  private OptionParser(List<Word> words) {
    this.words = words;
  }

  static OptionParser of(List<Word> words) throws WrongLineException {
    OptionParser parser = new OptionParser(words);
    parser.parse();
    return parser;
  }

  List<String> values() {
    return values;
  }

  List<Option> options() {
    return options;
  }

  private void parse() throws WrongLineException {
    while (more() && !startsOption(words.get(next))) {
      values.add(text(words.get(next++)));
    }
    while (more()) {
      option();
    }
  }

  private boolean more() {
    return next < words.size();
  }

  /** A hyphen and a letter; so that a negative number is a value, and reported as one. */
  private static boolean startsOption(Word word) {
    String text = word.text();
    return word.kind() == Kind.PLAIN
        && text.length() > 1
        && text.charAt(0) == '-'
        && Character.isLetter(text.charAt(1));
  }

  private static String text(Word word) throws WrongLineException {
    return switch (word.kind()) {
      case PLAIN, QUOTED -> word.text();
      case OPEN, CLOSE ->
          throw new WrongLineException(
              "'" + word.text() + "' may only hold an option's values, as in -dest { a !b }");
    };
  }

  private void option() throws WrongLineException {
    String name = words.get(next++).text().substring(1);
    List<Option.Value> chosen = new ArrayList<>();
    if (more() && words.get(next).kind() == Kind.OPEN) {
      braced(name, chosen);
    } else {
      while (more() && !startsOption(words.get(next))) {
        chosen.add(value(words.get(next++)));
      }
    }
    options.add(new Option(name, chosen));
  }

  private void braced(String name, List<Option.Value> chosen) throws WrongLineException {
    next++;
    while (more() && words.get(next).kind() != Kind.CLOSE) {
      chosen.add(value(words.get(next++)));
    }
    if (!more()) {
      throw new WrongLineException("'{' after -" + name + " is not closed; expected '}'");
    }
    next++;
    if (chosen.isEmpty()) {
      throw new WrongLineException("-" + name + " { } holds nothing; expected a value");
    }
    if (more() && !startsOption(words.get(next))) {
      throw new WrongLineException(
          Problem.shown(words.get(next).text()) + " follows '}'; expected an option or the end");
    }
  }

  private static Option.Value value(Word word) throws WrongLineException {
    String text = text(word);
    boolean negated = word.kind() == Kind.PLAIN && text.startsWith("!");
    if (negated && text.length() == 1) {
      throw new WrongLineException("'!' stands alone; expected a value right after it");
    }
    return new Option.Value(negated, negated ? text.substring(1) : text);
  }
}
