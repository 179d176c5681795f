package sallyport.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;

/**
 * The command line that all daemons share: {@code --table}, {@code --check}, {@code --version},
 * {@code --help}. The whole of a daemon's {@code main} is {@code
 * System.exit(DaemonCommand.run(program, args))}.
 */
@Command(sortOptions = false, usageHelpAutoWidth = true)
public final class DaemonCommand {
  /** The table when none is named. */
  public static final String DEFAULT_TABLE = "/etc/sallyport/netperm-table";

  @Option(
      names = {"-t", "--table"},
      paramLabel = "FILE",
      defaultValue = DEFAULT_TABLE,
      description = "The rule table (default: ${DEFAULT-VALUE}).")
  private @Nullable Path table;

  @Option(names = "--check", description = "Read the table, say what is wrong with it, and exit.")
  private boolean check;

  @Option(names = "--version", versionHelp = true, description = "Print the version and exit.")
  private boolean version;

  @Option(names = "--help", usageHelp = true, description = "Print this and exit.")
  private boolean help;

  private DaemonCommand() {}

  /** Does what the arguments say, in the foreground; the result is for {@code System.exit}. */
  public static int run(Program program, String... args) {
    return run(program, System.out, System.err, args);
  }

  static int run(Program program, PrintStream out, PrintStream err, String... args) {
    DaemonCommand command = new DaemonCommand();
    CommandLine line = command.commandLine(program);
    try {
      line.parseArgs(args);
    } catch (ParameterException e) {
      err.println(program.name() + ": " + e.getMessage() + " (--help lists what there is)");
      return ExitCode.USAGE.number();
    }
    if (command.help) {
      line.usage(out);
      return ExitCode.OK.number();
    }
    if (command.version) {
      out.println(program.name() + " " + version(program));
      return ExitCode.OK.number();
    }
    return command.withTable(program, out, err);
  }

  /**
   * Reads a rule table for a command line.
   *
   * @throws StartupException with {@link ExitCode#NO_INPUT} and one line that says why it cannot be
   *     read; what is wrong inside it is left to the table
   */
  public static Table readTable(Path file) throws StartupException {
    try {
      return Table.read(file);
    } catch (NoSuchFileException e) {
      throw unreadable(file, "there is no such file (--table names another)", e);
    } catch (AccessDeniedException e) {
      throw unreadable(file, "permission denied", e);
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Sees that a daemon starts with what was read of its lines, for a tool that works beside it.
   *
   * @throws StartupException with {@link ExitCode#CONFIG} and every error in them
   */
  public static void requireNoErrors(Settings settings) throws StartupException {
    List<String> errors =
        settings.problems().stream()
            .filter(problem -> problem.severity() == Severity.ERROR)
            .map(Problem::toString)
            .toList();
    if (!errors.isEmpty()) {
      throw new StartupException(
          ExitCode.CONFIG,
          settings.application()
              + " does not start with this table:\n"
              + String.join("\n", errors));
    }
  }

  private static StartupException unreadable(Path file, String why, IOException e) {
    return new StartupException(ExitCode.NO_INPUT, file + ": " + why, e);
  }

  /** For jsvc: the table to serve by, with all that is wrong in one message. */
  static LoadedTable load(Program program, String... args) throws StartupException {
    DaemonCommand command = new DaemonCommand();
    try {
      command.commandLine(program).parseArgs(args);
    } catch (ParameterException e) {
      throw new StartupException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
    LoadedTable loaded = LoadedTable.of(program, command.table());
    if (loaded.hasErrors() || command.check) {
      throw new StartupException(ExitCode.CONFIG, String.join("\n", loaded.lines()));
    }
    return loaded;
  }

  /** The version in the program's jar, or {@code unpackaged}. */
  static String version(Program program) {
    String version = program.getClass().getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  private int withTable(Program program, PrintStream out, PrintStream err) {
    try {
      LoadedTable loaded = LoadedTable.of(program, table());
      if (check || loaded.hasErrors()) {
        loaded.lines().forEach(err::println);
      }
      if (loaded.hasErrors()) {
        return ExitCode.CONFIG.number();
      }
      if (check) {
        out.println(loaded.file() + ": ok");
        return ExitCode.OK.number();
      }
      return Lifecycle.inForeground(program, loaded);
    } catch (StartupException e) {
      err.println(program.name() + ": " + e.getMessage());
      return e.exitCode().number();
    }
  }

  private CommandLine commandLine(Program program) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(this).name(program.name());
    spec.usageMessage().description(program.summary());
    return new CommandLine(spec);
  }

  private Path table() {
    return table == null ? Path.of(DEFAULT_TABLE) : table;
  }
}
