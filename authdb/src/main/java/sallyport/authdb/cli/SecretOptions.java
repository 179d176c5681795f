package sallyport.authdb.cli;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import sallyport.authdb.Secret;
import sallyport.daemon.StartupException;

/** Where a front secret comes from: a terminal unless one of these options says otherwise. */
final class SecretOptions {
  @ArgGroup(exclusive = true)
  private @Nullable Choice choice;

  private static final class Choice {
    @Option(
        names = "--generate",
        description = "Make a secret of 128 random bits and print it, this once.")
    private boolean generate;

    @Option(names = "--stdin", description = "Read the secret from standard input, one line.")
    private boolean stdin;
  }

  boolean generates() {
    return choice != null && choice.generate;
  }

  /** The secret, for the caller to close. */
  Secret read(Desk desk, String label) throws StartupException {
    if (choice != null && choice.stdin) {
      return SecretEntry.fromInput(desk);
    }
    return generates()
        ? Secret.generate(new SecureRandom())
        : SecretEntry.fromTerminal(desk, label, "--generate or --stdin");
  }

  /** After the secret has been stored: shows it, alone on the output, if it was made here. */
  void show(Desk desk, Secret secret) {
    if (generates()) {
      desk.note("The secret, shown only now:");
      SecretEntry.print(desk, secret);
    }
  }
}
