package sallyport.authdb.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import sallyport.authdb.DatabaseTrouble;
import sallyport.daemon.Completion;
import sallyport.daemon.Confinement;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.daemon.Usage;

/** The command {@code authdb}. */
@Command(
    name = "authdb",
    description = "Keeps the users who may log in at the gateway, and their secrets.",
    sortOptions = false,
    usageHelpAutoWidth = true,
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "A secret is never an argument: it is asked for on the terminal, made with",
      "--generate, or read with --stdin.",
      "",
      "Exit codes: 0 done, or the digest is right; 1 no such user, already there,",
      "declined, or the digest is not right; 64 wrong arguments or no usable secret;",
      "66 no table, no database, or a file that cannot be read; 69 the database was",
      "busy; 73 a file or the database cannot be made; 74 database or disk failed;",
      "77 not authsrv's account; 78 errors in the table, or no key that fits."
    })
public final class Main implements Callable<Integer> {
  private final Desk desk;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--version", versionHelp = true, description = "Print the version and exit.")
  @SuppressWarnings("UnusedVariable") // picocli answers this option by itself
  private boolean version;

  @Option(
      names = "--help",
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print this and exit.")
  @SuppressWarnings("UnusedVariable") // picocli answers this option by itself
  private boolean help;

  private Main(Desk desk) {
    this.desk = desk;
  }

  @Option(
      names = {"-t", "--table"},
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The rule table (default: " + DaemonCommand.DEFAULT_TABLE + ").")
  void table(Path file) {
    desk.useTable(file);
  }

  /** Does what the arguments say and ends the process. */
  public static void main(String[] args) {
    Streams streams =
        new Streams(
            System.in,
            new PrintWriter(System.out, false, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            Optional.ofNullable(System.console()).filter(Console::isTerminal).map(Main::terminal),
            Clock.system(ZoneId.systemDefault()));
    System.exit(run(streams, Confinement::becomeAccount, args));
  }

  private static Streams.Terminal terminal(Console console) {
    return new Streams.Terminal() {
      @Override
      public Optional<char[]> askSecret(String label) {
        return Optional.ofNullable(console.readPassword("%s", label));
      }

      @Override
      public Optional<String> ask(String label) {
        return Optional.ofNullable(console.readLine("%s", label));
      }
    };
  }

  static int run(Streams streams, Desk.Account account, String... args) {
    CommandLine line = commandLine(new Desk(streams, account));
    try {
      return line.execute(args);
    } catch (RuntimeException | Error e) {
      return fault(e, streams.err());
    } finally {
      streams.out().flush();
      streams.err().flush();
    }
  }

  private static CommandLine commandLine(Desk desk) {
    CommandLine line = new CommandLine(new Main(desk));
    for (Object command : commands(desk)) {
      line.addSubcommand(command);
    }
    String version = Main.class.getPackage().getImplementationVersion();
    line.getCommandSpec().version("authdb " + (version == null ? "unpackaged" : version));
    return line.setOut(desk.streams().out())
        .setErr(desk.streams().err())
        .setParameterExceptionHandler((wrong, _) -> usage(wrong))
        .setExecutionExceptionHandler((failed, of, _) -> failed(failed, of));
  }

  /** In the order in which {@code --help} lists them. */
  private static List<Object> commands(Desk desk) {
    return List.of(
        new AddUser(desk),
        new DeleteUser(desk),
        new Password(desk),
        new Disabling.Enable(desk),
        new Disabling.Disable(desk),
        new RenameUser(desk),
        new Group(desk),
        new LongName(desk),
        new MapServer(desk),
        new UnmapServer(desk),
        new Unlock(desk),
        new ListUsers(desk),
        new Display(desk),
        new Log(desk),
        new Verify(desk),
        new DumpUsers(desk),
        new LoadUsers(desk),
        new Key(desk),
        new Completion());
  }

  private static int usage(ParameterException wrong) {
    String text =
        Usage.of(wrong, _ -> "; a secret is never an argument") + " (--help lists what there is)";
    wrong.getCommandLine().getErr().println("authdb: " + text);
    return ExitCode.USAGE.number();
  }

  private static int failed(Exception failed, CommandLine of) {
    return switch (failed) {
      case StartupException startup -> {
        of.getErr().println("authdb: " + startup.getMessage());
        yield startup.exitCode().number();
      }
      case DatabaseTrouble trouble -> {
        of.getErr().println("authdb: " + trouble.line());
        yield Desk.exitCode(trouble.kind()).number();
      }
      default -> fault(failed, of.getErr());
    };
  }

  /** A bug, or a broken installation; never to be taken for an answer. */
  private static int fault(Throwable trouble, PrintWriter err) {
    trouble.printStackTrace(err);
    return ExitCode.SOFTWARE.number();
  }

  /** Without a command there is nothing to do. */
  @Override
  public Integer call() {
    CommandLine line = Optional.ofNullable(spec).orElseThrow().commandLine();
    throw new ParameterException(line, "expected a command, such as adduser or list");
  }
}
