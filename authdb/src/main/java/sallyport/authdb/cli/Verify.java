package sallyport.authdb.cli;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Purpose;
import sallyport.authdb.Secret;
import sallyport.authdb.Snapshot;
import sallyport.authdb.User;
import sallyport.authdb.UserDatabase;
import sallyport.authdb.protocol.ApopDigest;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/** {@code authdb verify}. */
@Command(
    name = "verify",
    header = "Tries the digest of an APOP login.",
    description =
        "Says whether the digest, as found in a mail program's trace, is right. Nothing is counted, and nobody is logged in.",
    sortOptions = false)
final class Verify implements Callable<Integer> {
  private static final int DIGEST_DIGITS = 32;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{" + DIGEST_DIGITS + "}");
  private static final int LONGEST_CHALLENGE = 512;

  private final Desk desk;

  @Parameters(index = "0", paramLabel = "USER", converter = Name.class, description = "The user.")
  private String user = "";

  @Parameters(
      index = "1",
      paramLabel = "CHALLENGE",
      description = "What the greeting held, with its angle brackets; quote it for the shell.")
  private String challenge = "";

  @Option(names = "--stdin", description = "Read the digest from standard input, one line.")
  private boolean stdin;

  Verify(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    if (!challenge.matches("<[\\x21-\\x7E&&[^<>]]+>") || challenge.length() > LONGEST_CHALLENGE) {
      throw Desk.wrong("the challenge: expected '<...@...>' as in the greeting, quoted");
    }
    try (UserDatabase database = desk.open()) {
      Optional<User> found = database.find(user);
      if (found.isEmpty()) {
        return desk.unknown(user);
      }
      String digest = digest();
      if (isRight(database.frontSecret(user), digest)) {
        return right(found.get());
      }
      return isRight(previous(database), digest)
          ? desk.no("Wrong: made with the secret that " + user + " had before.")
          : desk.no(found.get().secretChanged().isEmpty() ? "No secret: " + user : "Wrong.");
    }
  }

  private int right(User who) {
    Status status = Status.of(who, desk.streams().clock().instant());
    if (status != Status.ENABLED) {
      return desk.no("Right, but " + user + " is " + status + ".");
    }
    desk.say("Right.");
    return ExitCode.OK.number();
  }

  private String digest() throws StartupException {
    String digest = (stdin ? fromInput() : fromTerminal()).strip().toLowerCase(Locale.ROOT);
    if (!DIGEST.matcher(digest).matches()) {
      throw Desk.wrong("the digest: expected " + DIGEST_DIGITS + " hexadecimal digits");
    }
    return digest;
  }

  private String fromInput() throws StartupException {
    return new String(
        SecretEntry.line(desk, "digest", LONGEST_CHALLENGE), StandardCharsets.ISO_8859_1);
  }

  private String fromTerminal() throws StartupException {
    Streams.Terminal terminal =
        desk.streams()
            .terminal()
            .orElseThrow(
                () -> Desk.wrong("no terminal to ask for the digest on; expected --stdin"));
    return new String(SecretEntry.ask(terminal, "Digest: "));
  }

  private Optional<Secret> previous(UserDatabase database) throws DatabaseTrouble {
    Optional<Snapshot.Previous> previous =
        Optional.ofNullable(database.snapshot().accounts().get(user))
            .flatMap(Snapshot.Account::previous)
            .filter(known -> desk.streams().clock().instant().isBefore(known.until()));
    if (previous.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        database.keyring().open(user, Purpose.APOP_PREVIOUS, previous.get().sealed()));
  }

  private boolean isRight(Optional<Secret> secret, String digest) {
    if (secret.isEmpty()) {
      return false;
    }
    try (Secret known = secret.get()) {
      byte[] octets = known.octets();
      String expected = ApopDigest.hex(challenge, octets);
      Arrays.fill(octets, (byte) 0);
      return MessageDigest.isEqual(
          expected.getBytes(StandardCharsets.US_ASCII), digest.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
