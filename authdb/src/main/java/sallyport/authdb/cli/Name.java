package sallyport.authdb.cli;

import picocli.CommandLine.ITypeConverter;
import sallyport.authdb.Names;
import sallyport.daemon.Usage;

/** Reads the name of a user or a server from an argument, in lower case. */
final class Name implements ITypeConverter<String> {
  @Override
  public String convert(String typed) {
    return Names.folded(typed)
        .orElseThrow(() ->
            Usage.expected(
                typed,
                "a name: a-z, 0-9, then also . _ + -, at most "
                    + Names.MOST_CHARACTERS
                    + " characters"));
  }
}
