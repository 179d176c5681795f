package sallyport.daemon;

import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The arguments of a daemon, for {@link DaemonCommand}. */
@Command(sortOptions = false, usageHelpAutoWidth = true)
final class DaemonArguments {

  @Option(
      names = {"-t", "--table"},
      paramLabel = "FILE",
      defaultValue = DaemonCommand.DEFAULT_TABLE,
      description = "The rule table (default: ${DEFAULT-VALUE}).")
  private Path table = Path.of(DaemonCommand.DEFAULT_TABLE);

  @Option(names = "--check", description = "Read the table, say what is wrong with it, and exit.")
  private boolean check;

  @Option(names = "--version", versionHelp = true, description = "Print the version and exit.")
  private boolean version;

  @Option(names = "--help", usageHelp = true, description = "Print this and exit.")
  private boolean help;

  private DaemonArguments() {}

  static int run(Program program, PrintStream out, PrintStream err, String... args) {
    DaemonArguments given = new DaemonArguments();
    CommandLine line = given.commandLine(program);
    try {
      line.parseArgs(args);
    } catch (ParameterException e) {
      err.println(program.name() + ": " + e.getMessage() + " (--help lists what there is)");
      return ExitCode.USAGE.number();
    }
    if (given.help) {
      line.usage(out);
      return ExitCode.OK.number();
    }
    if (given.version) {
      out.println(program.name() + " " + DaemonCommand.version(program));
      return ExitCode.OK.number();
    }
    return DaemonCommand.withTable(program, given.wanted(), out, err);
  }

  /**
   * For jsvc, where there is nothing to print to.
   *
   * @throws StartupException with {@link ExitCode#USAGE}
   */
  static DaemonCommand.Wanted parse(Program program, String... args) throws StartupException {
    DaemonArguments given = new DaemonArguments();
    try {
      given.commandLine(program).parseArgs(args);
      return given.wanted();
    } catch (ParameterException e) {
      throw new StartupException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private DaemonCommand.Wanted wanted() {
    return new DaemonCommand.Wanted(table, check);
  }

  private CommandLine commandLine(Program program) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(this).name(program.name());
    spec.usageMessage().description(program.summary());
    return new CommandLine(spec);
  }
}
