package sallyport.daemon;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code completion} of a tool with commands. One for one command line. */
@Command(
    name = "completion",
    header = "Prints the completion script for bash and zsh.",
    description = "source <(${ROOT-COMMAND-NAME} completion)",
    sortOptions = false)
public final class Completion implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine line = Optional.ofNullable(spec).orElseThrow().commandLine();
    CommandLine whole = Optional.ofNullable(line.getParent()).orElse(line);
    line.getOut().print(AutoComplete.bash(whole.getCommandName(), whole));
    return ExitCode.OK.number();
  }
}
