package sallyport.authdb.authsrv;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.List;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.authdb.protocol.ApopDigest;
import sallyport.authdb.protocol.Reply;
import sallyport.authdb.protocol.Request;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.daemon.UnixListener;

/**
 * Does once, before the jail is entered, what serving will need from outside: SQLite's library, the
 * ciphers, and the C library's way to an account's name, which it looks for when a peer is asked
 * for.
 */
final class Rehearsal {
  private Rehearsal() {}

  static void run(List<UnixListener> listeners) throws StartupException {
    try {
      UserDatabase.rehearse();
      Challenges challenges = new Challenges("rehearsal.invalid", new SecureRandom(), 0);
      String challenge = challenges.make(0);
      String digest = ApopDigest.hex(challenge, new byte[] {1});
      Request request =
          new Request.Verify("1", "nobody", challenge, digest, "2001:db8:0:0:0:0:0:1");
      if (!Request.parse(request.line()).equals(java.util.Optional.of(request))
          || challenges.use(challenge, 0) != Challenges.Worth.GOOD
          || Reply.parse("1 refused").isEmpty()) {
        throw new StartupException(ExitCode.SOFTWARE, "the rehearsal did not come to its end");
      }
      for (UnixListener listener : listeners) {
        meet(listener);
      }
    } catch (DatabaseTrouble e) {
      throw new StartupException(ExitCode.SOFTWARE, "rehearsal: " + e.line(), e);
    } catch (IOException e) {
      throw new StartupException(ExitCode.OS, "rehearsal: " + e.getMessage(), e);
    }
  }

  /** Whoever comes first is turned away and comes again. */
  private static void meet(UnixListener listener) throws IOException, StartupException {
    try (SocketChannel _ = listener.connect();
        SocketChannel accepted = listener.channel().accept()) {
      Door.peer(accepted);
    }
  }
}
