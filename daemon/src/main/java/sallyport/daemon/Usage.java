package sallyport.daemon;

import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a command of an administrator says of wrong arguments. Safe for all threads. */
public final class Usage {
  private static final int SHOWN_LENGTH = 60;

  private Usage() {}

  /**
   * What is wrong, in one line.
   *
   * @param surplus what follows on "too many arguments", given the first of them; that may be a
   *     secret
   */
  public static String of(ParameterException wrong, UnaryOperator<String> surplus) {
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched, surplus);
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

  private static String unmatched(UnmatchedArgumentException wrong, UnaryOperator<String> surplus) {
    List<String> arguments = wrong.getUnmatched();
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    if (first.startsWith("-")) {
      return "there is no option " + shown(first.split("=", 2)[0]);
    }
    return wrong.getCommandLine().getSubcommands().isEmpty()
        ? "too many arguments" + surplus.apply(first)
        : "there is no command " + shown(first);
  }

  /** For a value that cannot be what was expected. */
  public static TypeConversionException expected(String value, String expected) {
    return new TypeConversionException(shown(value) + ": expected " + expected);
  }

  /** What was typed as it may stand in a message: printable, cut when long. */
  public static String shown(String typed) {
    StringBuilder shown = new StringBuilder("'");
    typed
        .codePoints()
        .limit(SHOWN_LENGTH)
        .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return shown.append(typed.length() > SHOWN_LENGTH ? "…'" : "'").toString();
  }
}
