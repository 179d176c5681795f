package sallyport.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A mail program that reads a mailbox by POP3 and logs in with APOP. */
enum Pop3Peer {
  FETCHMAIL("fetchmail") {
    @Override
    int count(Account account) throws Exception {
      return number("(\\d+) messages? ", fetchmail(account, "fetchall", "--check"));
    }

    @Override
    String fetch(Account account) throws Exception {
      Path arrived = account.folder().resolve("arrived");
      Files.deleteIfExists(arrived);
      fetchmail(account, "keep fetchall mda \"cat >> " + arrived + "\"");
      return Files.readString(arrived, StandardCharsets.ISO_8859_1);
    }

    @Override
    void delete(Account account) throws Exception {
      fetchmail(account, "nokeep fetchall mda \"cat > /dev/null\"");
    }

    private List<String> fetchmail(Account account, String options, String... arguments)
        throws Exception {
      Path file =
          account.secretFile(
              "fetchmailrc",
              "poll 127.0.0.1 service %d protocol apop user \"%s\" password \"%s\" sslproto '' %s\n"
                  .formatted(account.port(), account.login(), account.secret(), options));
      List<String> command = new ArrayList<>(List.of("env", "FETCHMAILHOME=" + account.folder()));
      command.addAll(List.of("fetchmail", "--nodetach", "--nosyslog", "-f", file.toString()));
      command.addAll(List.of(arguments));
      return run("", command);
    }
  },

  MPOP("mpop") {
    @Override
    int count(Account account) throws Exception {
      return number(
          "(\\d+) messages? in ",
          mpop(account, "keep on\ndelivery mbox /dev/null", "--status-only"));
    }

    @Override
    String fetch(Account account) throws Exception {
      Path arrived = account.folder().resolve("arrived");
      Files.deleteIfExists(arrived);
      mpop(account, "keep on\ndelivery mbox " + arrived, "--only-new=off");
      return Files.readString(arrived, StandardCharsets.ISO_8859_1);
    }

    @Override
    void delete(Account account) throws Exception {
      mpop(account, "keep off\ndelivery mbox /dev/null", "--only-new=off");
    }

    private List<String> mpop(Account account, String options, String argument) throws Exception {
      Path file =
          account.secretFile(
              "mpoprc",
              """
              defaults
              tls off
              auth apop
              received_header off
              uidls_file %s/uidls
              account test
              host 127.0.0.1
              port %d
              user %s
              password %s
              %s
              """
                  .formatted(
                      account.folder(),
                      account.port(),
                      account.login(),
                      account.secret(),
                      options));
      return run("", List.of("mpop", "--file=" + file, argument, "test"));
    }
  },

  CURL("curl") {
    @Override
    int count(Account account) throws Exception {
      return curl(account, "").size();
    }

    @Override
    String fetch(Account account) throws Exception {
      List<String> all = new ArrayList<>();
      for (int i = 1, last = count(account); i <= last; i++) {
        all.addAll(curl(account, String.valueOf(i)));
      }
      return String.join("\n", all);
    }

    @Override
    void delete(Account account) throws Exception {
      for (int last = count(account); last > 0; last--) {
        curl(account, String.valueOf(last), "--list-only", "--request", "DELE");
      }
    }

    private List<String> curl(Account account, String path, String... arguments) throws Exception {
      List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
      command.addAll(List.of("--config", "-", "--login-options", "AUTH=+APOP"));
      command.addAll(List.of(arguments));
      command.add("pop3://127.0.0.1:" + account.port() + "/" + path);
      return run("user = \"" + account.login() + ":" + account.secret() + "\"\n", command);
    }
  },

  POPLIB("python3") {
    private static final String SCRIPT =
        """
        import poplib, sys
        port, login, action = sys.argv[1:]
        box = poplib.POP3("127.0.0.1", int(port))
        box.apop(login, sys.stdin.readline().strip())
        numbers = [line.split()[0].decode() for line in box.list()[1]]
        if action == "count":
            print(len(numbers), "messages")
        for number in numbers:
            if action == "fetch":
                for line in box.retr(number)[1]:
                    print(line.decode("iso-8859-1"))
            if action == "delete":
                box.dele(number)
        box.quit()
        """;

    @Override
    int count(Account account) throws Exception {
      return number("(\\d+) messages", python(account, "count"));
    }

    @Override
    String fetch(Account account) throws Exception {
      return String.join("\n", python(account, "fetch"));
    }

    @Override
    void delete(Account account) throws Exception {
      python(account, "delete");
    }

    private List<String> python(Account account, String action) throws Exception {
      return run(
          account.secret() + "\n",
          List.of(
              "env",
              "PYTHONIOENCODING=iso-8859-1",
              "python3",
              "-c",
              SCRIPT,
              String.valueOf(account.port()),
              account.login(),
              action));
    }
  },

  NET_POP3("perl") {
    private static final String SCRIPT =
        """
        use strict; use Net::POP3;
        my ($port, $login, $action) = @ARGV;
        chomp(my $secret = <STDIN>);
        my $box = Net::POP3->new("127.0.0.1", Port => $port) or die "no connection";
        defined $box->apop($login, $secret) or die "not logged in: " . $box->message;
        my $list = $box->list or die "no list";
        print scalar(keys %$list), " messages\\n" if $action eq "count";
        for my $number (sort { $a <=> $b } keys %$list) {
          print @{$box->get($number)} if $action eq "fetch";
          $box->delete($number) or die "not deleted" if $action eq "delete";
        }
        $box->quit;
        """;

    @Override
    int count(Account account) throws Exception {
      return number("(\\d+) messages", perl(account, "count"));
    }

    @Override
    String fetch(Account account) throws Exception {
      return String.join("\n", perl(account, "fetch"));
    }

    @Override
    void delete(Account account) throws Exception {
      perl(account, "delete");
    }

    private List<String> perl(Account account, String action) throws Exception {
      return run(
          account.secret() + "\n",
          List.of("perl", "-e", SCRIPT, String.valueOf(account.port()), account.login(), action));
    }
  };

  private static final Duration BOUND = Duration.ofSeconds(60);

  private final String program;

  Pop3Peer(String program) {
    this.program = program;
  }

  /** What must be installed for it. */
  String program() {
    return program;
  }

  /** Lists the mailbox; the result is how many messages are in it. */
  abstract int count(Account account) throws Exception;

  /** Reads all messages and leaves them; the result is all that was read, a line's end is LF. */
  abstract String fetch(Account account) throws Exception;

  /** Deletes all messages. */
  abstract void delete(Account account) throws Exception;

  /** Where and as whom a program logs in, and a folder for its files. */
  record Account(int port, String login, String secret, Path folder) {

    /** A file that its owner alone may read, as these programs want it. */
    Path secretFile(String name, String text) throws IOException {
      Path file = folder.resolve(name);
      Files.writeString(file, text, StandardCharsets.US_ASCII);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static List<String> run(String input, List<String> command)
      throws IOException, InterruptedException {
    return Child.run(
        BOUND, input.getBytes(StandardCharsets.US_ASCII), command.toArray(String[]::new));
  }

  private static int number(String pattern, List<String> lines) {
    Matcher matcher = Pattern.compile(pattern).matcher(String.join("\n", lines));
    if (!matcher.find()) {
      throw new AssertionError("no '" + pattern + "' in " + lines);
    }
    return Integer.parseInt(matcher.group(1));
  }
}
