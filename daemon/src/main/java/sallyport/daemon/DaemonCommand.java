package sallyport.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;

/**
 * The command line that all daemons share: {@code --table}, {@code --check}, {@code --version},
 * {@code --help}. The whole of a daemon's {@code main} is {@code
 * System.exit(DaemonCommand.run(program, args))}.
 */
public final class DaemonCommand {
  /** The table when none is named. */
  public static final String DEFAULT_TABLE = "/etc/sallyport/netperm-table";

  /**
   * What a service is started with is read without picocli: its classes take a fifth of a start.
   */
  private static final Set<String> TABLE_OPTIONS = Set.of("--table", "-t");

  private DaemonCommand() {}

  /** What is asked for: to serve by this table, or only to read it. */
  record Wanted(Path table, boolean check) {}

  /** Does what the arguments say, in the foreground; the result is for {@code System.exit}. */
  public static int run(Program program, String... args) {
    return run(program, System.out, System.err, args);
  }

  static int run(Program program, PrintStream out, PrintStream err, String... args) {
    return isToServe(args)
        ? withTable(program, new Wanted(Path.of(args[1]), false), out, err)
        : DaemonArguments.run(program, out, err, args);
  }

  private static boolean isToServe(String... args) {
    return args.length == 2 && TABLE_OPTIONS.contains(args[0]) && !args[1].startsWith("-");
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
    Wanted wanted =
        isToServe(args)
            ? new Wanted(Path.of(args[1]), false)
            : DaemonArguments.parse(program, args);
    LoadedTable loaded = LoadedTable.of(program, wanted.table());
    if (loaded.hasErrors() || wanted.check()) {
      throw new StartupException(ExitCode.CONFIG, String.join("\n", loaded.lines()));
    }
    return loaded;
  }

  /** The version in the program's jar, or {@code unpackaged}. */
  static String version(Program program) {
    String version = program.getClass().getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  static int withTable(Program program, Wanted wanted, PrintStream out, PrintStream err) {
    try {
      LoadedTable loaded = LoadedTable.of(program, wanted.table());
      if (wanted.check() || loaded.hasErrors()) {
        loaded.lines().forEach(err::println);
      }
      if (loaded.hasErrors()) {
        return ExitCode.CONFIG.number();
      }
      if (wanted.check()) {
        out.println(loaded.file() + ": ok");
        return ExitCode.OK.number();
      }
      return Lifecycle.inForeground(program, loaded);
    } catch (StartupException e) {
      err.println(program.name() + ": " + e.getMessage());
      return e.exitCode().number();
    }
  }
}
