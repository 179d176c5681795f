package sallyport.smap;

import java.io.FileOutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.Jail;
import sallyport.daemon.Outgoing;
import sallyport.daemon.Program;
import sallyport.daemon.Service;
import sallyport.daemon.Startup;
import sallyport.daemon.StartupException;
import sallyport.netperm.Settings;

/**
 * smap as it is, but when it serves it does what somebody would try who had taken it over, and says
 * how each attempt ended. The first argument is a port that listens on loopback.
 */
public final class CapturedSmap implements Program {

  private final int port;

  private CapturedSmap(int port) {
    this.port = port;
  }

  public static void main(String[] args) {
    String[] rest = java.util.Arrays.copyOfRange(args, 1, args.length);
    System.exit(DaemonCommand.run(new CapturedSmap(Integer.parseInt(args[0])), rest));
  }

  @Override
  public String name() {
    return "smap";
  }

  @Override
  public String summary() {
    return "smap, captured.";
  }

  @Override
  public Service configure(Settings settings, DaemonConfig config) {
    return new Captured(new SmapService(SmapConfig.of(settings, config.hostname())), port);
  }

  /** Everything is the real service's, but {@link #serve} goes on to try what it may not. */
  private record Captured(SmapService service, int port) implements Service {
    @Override
    public Jail jail() {
      return service.jail();
    }

    @Override
    public Outgoing outgoing() {
      return service.outgoing();
    }

    @Override
    public void prepare(Startup startup) throws StartupException {
      service.prepare(startup);
    }

    @Override
    public void confined(Path root) throws StartupException {
      service.confined(root);
    }

    @Override
    public void serve() {
      service.serve();
      attempt("open /etc/passwd", () -> Files.readAllBytes(Path.of("/etc/passwd")));
      attempt("open ../etc/passwd", () -> Files.readAllBytes(Path.of("/../../../etc/passwd")));
      attempt("connect out", () -> new Socket(InetAddress.getLoopbackAddress(), port));
      attempt("open a channel", SocketChannel::open);
      attempt("send a datagram", DatagramSocket::new);
      attempt("listen on another port", () -> new ServerSocket(0));
      attempt("rename queue/", () -> Files.move(Path.of("/queue"), Path.of("/queue2")));
      attempt("list queue/", () -> Files.list(Path.of("/queue")).count());
      attempt("write to bad/", () -> new FileOutputStream("/bad/x"));
      attempt("start a program", () -> new ProcessBuilder("/bin/true").start());
      attempt("write to new/", () -> Files.writeString(Path.of("/new/written"), "x"));
      System.err.println("attempts: over");
    }

    private interface Attempt {
      Object make() throws Exception;
    }

    private static void attempt(String what, Attempt attempt) {
      try {
        attempt.make();
        System.err.println("attempt: " + what + ": done");
      } catch (Exception | LinkageError e) {
        System.err.println("attempt: " + what + ": refused: " + e);
      }
    }

    @Override
    public void drain(Duration bound) {
      service.drain(bound);
    }

    @Override
    public void close() {
      service.close();
    }
  }
}
