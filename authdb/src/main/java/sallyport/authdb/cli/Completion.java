package sallyport.authdb.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sallyport.daemon.ExitCode;

/** {@code authdb completion}. */
@Command(
    name = "completion",
    sortOptions = false,
    description = {
      "Prints what bash and zsh need to complete this command's arguments:",
      "source <(authdb completion)"
    })
final class Completion implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine line = Optional.ofNullable(spec).orElseThrow().commandLine();
    CommandLine whole = Optional.ofNullable(line.getParent()).orElse(line);
    line.getOut().print(AutoComplete.bash("authdb", whole));
    return ExitCode.OK.number();
  }
}
