package sallyport.pop3gw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import sallyport.authdb.authsrv.RunningAuthsrv;
import sallyport.authdb.authsrv.RunningAuthsrv.Account;

/** A gateway with authsrv behind it, one user john, and one inside server of the test's own. */
final class Logins implements AutoCloseable {
  static final String SECRET = "correct horse";

  private final Path folder;
  private final String table;
  final InsidePeer inside;
  RunningAuthsrv authsrv;
  RunningGateway gateway;

  /** How the gateway logs in inside: john has a secret of his own there, too. */
  Logins(Path folder, InsidePeer inside, String method, String lines) throws Exception {
    this.folder = folder;
    this.inside = inside;
    this.table =
        lines
            + "\npop3-gw: server mail 127.0.0.1:%d %s\npop3-gw: default-server mail\n"
                .formatted(inside.port(), method);
    RunningAuthsrv.createUsers(folder, List.of(new Account("john", SECRET, false)));
    RunningAuthsrv.map(folder, "john", "mail", "john", SECRET);
    authsrv = new RunningAuthsrv(folder, table);
    gateway = new RunningGateway(folder, table);
  }

  /** An authsrv that has just been started. */
  void restartAuthsrv() throws Exception {
    authsrv.close();
    authsrv = new RunningAuthsrv(folder, table);
  }

  /** The answer to john's login, and whether the connection was closed behind it. */
  String answerToJohn() throws IOException {
    return answerToJohnAt(0);
  }

  /** The same at the table's listener of this number. */
  String answerToJohnAt(int listener) throws IOException {
    try (Client client = gateway.connectFrom("127.0.0.1", listener)) {
      client.greeting();
      String answer = client.say("APOP john " + InsidePeer.digest(client.challenge(), SECRET));
      return answer.startsWith("+OK") ? answer : answer + client.rest();
    }
  }

  @Override
  public void close() throws IOException {
    gateway.close();
    authsrv.close();
    inside.close();
  }
}
