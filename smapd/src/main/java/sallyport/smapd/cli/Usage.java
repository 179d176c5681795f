package sallyport.smapd.cli;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said of wrong arguments. */
final class Usage {
  private static final int SHOWN_LENGTH = 60;

  private Usage() {}

  static String of(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched);
    }
    if (wrong instanceof MutuallyExclusiveArgsException) {
      String names = String.valueOf(wrong.getMessage()).replaceAll("^Error: | are mutually.*", "");
      return "expected only one of " + names;
    }
    if (wrong.getArgSpec() instanceof OptionSpec option && option.arity().max() == 0) {
      return "option " + option.longestName() + " takes no value";
    }
    return wrong.getCause() instanceof TypeConversionException conversion
        ? String.valueOf(conversion.getMessage())
        : String.valueOf(wrong.getMessage());
  }

  private static String unmatched(UnmatchedArgumentException wrong) {
    List<String> arguments = wrong.getUnmatched();
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    if (first.startsWith("-")) {
      return "there is no option " + shown(first.split("=", 2)[0]);
    }
    return wrong.getCommandLine().getSubcommands().isEmpty()
        ? "too many arguments: " + shown(first)
        : "there is no command " + shown(first);
  }

  /** For a value that cannot be what was expected. */
  static TypeConversionException expected(String value, String expected) {
    return new TypeConversionException(shown(value) + ": expected " + expected);
  }

  /** What was typed as it may stand in a message: printable, cut when long. */
  static String shown(String typed) {
    StringBuilder shown = new StringBuilder("'");
    typed
        .codePoints()
        .limit(SHOWN_LENGTH)
        .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return shown.append(typed.length() > SHOWN_LENGTH ? "…'" : "'").toString();
  }
}
