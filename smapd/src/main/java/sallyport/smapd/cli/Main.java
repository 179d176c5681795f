package sallyport.smapd.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import sallyport.daemon.Completion;
import sallyport.daemon.Confinement;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.EventLog;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.daemon.Usage;

/** The command {@code smapq}. */
@Command(
    name = "smapq",
    description = "Shows and changes the queue of smapd, whether smapd runs or not.",
    sortOptions = false,
    usageHelpAutoWidth = true,
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Exit codes: 0 done; 1 a message is not there, is being delivered now, or is in",
      "no state for that, or the question was declined; 64 wrong arguments; 66 no",
      "table; 69 smapd is starting or stopping, or does not answer; 73 a file cannot",
      "be made; 74 a disk or a file failed; 77 not smapd's account; 78 errors in the",
      "table."
    })
public final class Main implements Callable<Integer> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,31}");
  private static final int BUFFER = 64 * 1024;

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
    OutputStream octets =
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER);
    Streams streams =
        new Streams(
            System.in,
            new PrintWriter(new OutputStreamWriter(octets, StandardCharsets.UTF_8), false),
            octets,
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            Optional.ofNullable(System.console()).filter(Console::isTerminal).map(Main::terminal),
            Clock.system(ZoneId.systemDefault()));
    EventLog log = EventLog.to(System.err, false);
    String by =
        who(Optional.ofNullable(System.getenv("SUDO_USER")), System.getProperty("user.name", ""));
    Desk desk = new Desk(streams, Confinement::becomeAccount, log, by, Desk.PATIENCE);
    int code = run(desk, args);
    log.close();
    System.exit(code);
  }

  /** Who asks: the account that started this, and whose sudo it was, if it says so. */
  static String who(Optional<String> sudo, String account) {
    String name = NAME.matcher(account).matches() ? account : "?";
    return sudo.filter(user -> NAME.matcher(user).matches())
        .map(user -> name + " (" + user + ")")
        .orElse(name);
  }

  private static Streams.Terminal terminal(Console console) {
    return label -> Optional.ofNullable(console.readLine("%s", label));
  }

  static int run(Desk desk, String... args) {
    CommandLine line = commandLine(desk);
    Streams streams = desk.streams();
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
    line.getCommandSpec().version("smapq " + (version == null ? "unpackaged" : version));
    return line.setOut(desk.streams().out())
        .setErr(desk.streams().err())
        .setParameterExceptionHandler((wrong, _) -> usage(wrong))
        .setExecutionExceptionHandler((failed, of, _) -> failed(failed, of));
  }

  /** In the order in which {@code --help} lists them. */
  private static List<Object> commands(Desk desk) {
    return List.of(
        new ListMessages(desk),
        new Show(desk),
        new Stats(desk),
        new Act.Hold(desk),
        new Act.Release(desk),
        new Act.Retry(desk),
        new Act.Requeue(desk),
        new Act.Bounce(desk),
        new Act.Remove(desk),
        new Export(desk),
        new Completion());
  }

  private static int usage(ParameterException wrong) {
    String text =
        Usage.of(wrong, first -> ": " + Usage.shown(first)) + " (--help lists what there is)";
    wrong.getCommandLine().getErr().println("smapq: " + text);
    return ExitCode.USAGE.number();
  }

  private static int failed(Exception failed, CommandLine of) {
    of.getOut().flush();
    return switch (failed) {
      case StartupException startup -> {
        of.getErr().println("smapq: " + startup.getMessage());
        yield startup.exitCode().number();
      }
      case java.net.SocketException gone -> lost(gone, of);
      case java.net.SocketTimeoutException late -> lost(late, of);
      case java.net.ProtocolException broken -> lost(broken, of);
      case IOException trouble -> {
        of.getErr().println("smapq: " + Shown.text(String.valueOf(trouble.getMessage())));
        yield ExitCode.IO.number();
      }
      default -> fault(failed, of.getErr());
    };
  }

  /** What was answered before counts. */
  private static int lost(IOException cause, CommandLine of) {
    of.getErr().println("smapq: smapd was lost: " + Shown.text(String.valueOf(cause.getMessage())));
    return ExitCode.UNAVAILABLE.number();
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
    throw new ParameterException(line, "expected a command, such as list or show");
  }
}
