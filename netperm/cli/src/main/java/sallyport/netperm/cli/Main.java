package sallyport.netperm.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.netperm.HostName;
import sallyport.netperm.Literals;
import sallyport.netperm.Request;
import sallyport.netperm.Table;

/** The command {@code netperm}. */
@Command(
    name = "netperm",
    description = "Checks the rule table, and explains what it decides.",
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Exit codes: 0 no error, or permitted; 1 denied; 64 wrong arguments; 66 table",
      "unreadable; 78 errors in the table."
    })
public final class Main implements Callable<Integer> {
  static final int DENIED = 1;

  private final boolean terminal;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-t", "--table"},
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The rule table (default: " + DaemonCommand.DEFAULT_TABLE + ").")
  private @Nullable Path table;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Answer with a JSON object.")
  private boolean json;

  @Option(
      names = "--version",
      versionHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print the version and exit.")
  @SuppressWarnings("UnusedVariable") // picocli answers this option by itself
  private boolean version;

  @Option(
      names = "--help",
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print this and exit.")
  @SuppressWarnings("UnusedVariable") // picocli answers this option by itself
  private boolean help;

  private Main(boolean terminal) {
    this.terminal = terminal;
  }

  /** Does what the arguments say and ends the process. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, false, StandardCharsets.UTF_8);
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    System.exit(run(out, err, terminal, args));
  }

  static int run(PrintWriter out, PrintWriter err, boolean terminal, String... args) {
    CommandLine line =
        new CommandLine(new Main(terminal))
            .setOut(out)
            .setErr(err)
            .setParameterExceptionHandler((wrong, _) -> usage(wrong))
            .setExecutionExceptionHandler((failed, of, _) -> failed(failed, of));
    String version = Main.class.getPackage().getImplementationVersion();
    line.getCommandSpec().version("netperm " + (version == null ? "unpackaged" : version));
    int code = line.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  private static int usage(ParameterException wrong) {
    wrong
        .getCommandLine()
        .getErr()
        .println("netperm: " + wrong.getMessage() + " (--help lists what there is)");
    return ExitCode.USAGE.number();
  }

  private static int failed(Exception failed, CommandLine of) {
    if (failed instanceof StartupException startup) {
      of.getErr().println("netperm: " + startup.getMessage());
      return startup.exitCode().number();
    }
    failed.printStackTrace(of.getErr());
    return ExitCode.SOFTWARE.number();
  }

  /** Without a command there is nothing to do. */
  @Override
  public Integer call() {
    throw wrong("expected a command: check or explain");
  }

  @Command(
      name = "check",
      description = "Reads every line of the table for every program and says what is wrong.",
      sortOptions = false)
  int check(
      @Parameters(
              arity = "0..1",
              paramLabel = "FILE",
              description = "The rule table; the same as --table FILE.")
          @Nullable Path file)
      throws StartupException {
    if (file != null && table != null) {
      throw wrong("expected one table, not both " + file + " and --table " + table);
    }
    Table read = read(file == null ? table : file);
    Report report = new Report(read.fileName(), Check.of(read));
    print(json ? List.of(report.json()) : report.lines(terminal));
    return (report.errors() == 0 ? ExitCode.OK : ExitCode.CONFIG).number();
  }

  @Command(
      name = "explain",
      description = "Says whether a host may use a program, which line decides, and why.",
      sortOptions = false)
  int explain(
      @Parameters(paramLabel = "APP", description = "The program, such as smap.")
          String application,
      @Option(
              names = "--from",
              required = true,
              paramLabel = "ADDRESS[/NAME]",
              description = "The host; without a name it is 'unknown'.")
          String from,
      @Option(names = "--user", paramLabel = "USER", description = "The user, if known.")
          @Nullable String user,
      @Option(names = "--dest", paramLabel = "DEST", description = "The destination, if known.")
          @Nullable String destination)
      throws StartupException {
    int slash = from.indexOf('/');
    InetAddress address = address(slash < 0 ? from : from.substring(0, slash));
    Request request =
        new Request(address, Optional.ofNullable(user), Optional.ofNullable(destination));
    HostName name =
        slash < 0
            ? new HostName.Unknown(HostName.Reason.NO_NAME)
            : new HostName.Known(from.substring(slash + 1));
    Explanation explanation = Explanation.of(read(table), application, request, name);
    print(json ? List.of(explanation.json()) : explanation.lines(terminal));
    return explanation.permitted() ? ExitCode.OK.number() : DENIED;
  }

  private InetAddress address(String text) {
    try {
      return Literals.address(text);
    } catch (IllegalArgumentException e) {
      throw wrong("--from '" + text + "': expected an address such as 192.0.2.7 or 2001:db8::7");
    }
  }

  private static Table read(@Nullable Path named) throws StartupException {
    return DaemonCommand.readTable(named == null ? Path.of(DaemonCommand.DEFAULT_TABLE) : named);
  }

  private void print(List<String> lines) {
    lines.forEach(line().getOut()::println);
  }

  private ParameterException wrong(String text) {
    return new ParameterException(line(), text);
  }

  private CommandLine line() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the field before it calls anything");
    }
    return spec.commandLine();
  }
}
