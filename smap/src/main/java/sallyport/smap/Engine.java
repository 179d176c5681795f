package sallyport.smap;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.subethamail.smtp.internal.server.Command;
import org.subethamail.smtp.internal.server.CommandHandler;
import org.subethamail.smtp.internal.server.HelpMessage;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;
import org.subethamail.smtp.server.SessionHandler;

/**
 * SubEtha SMTP, fenced: its accept loop and its one task a connection, and nothing else of it.
 *
 * <p>What SubEtha takes for the client's command line is always the same word, {@link Turn#WORD},
 * made by {@link EngineSocket}; every verb that it knows is replaced by {@link Turn}, which lets
 * the {@link Conversation} of that socket do one turn on the real connection. What SubEtha itself
 * would say is dropped. So no octet of a stranger reaches its parser, its DATA and BDAT streams,
 * its address handling or its log, and none of its words reaches a stranger. See {@code
 * docs/adr/subetha-fenced.md}.
 */
final class Engine implements AutoCloseable {

  /**
   * SubEtha blocks its accept loop at its own bound: ours ({@code max-sessions}) must come first.
   */
  private static final int BOUND_NEVER_REACHED = 1_000_000;

  private final List<SMTPServer> servers = new ArrayList<>();
  private final List<EngineListener> listening = new ArrayList<>();
  private final ExecutorService sessions;

  /**
   * Prepares the accept loops; nothing is accepted before {@link #start}.
   *
   * @param doors bound sockets, each with who decides about what it accepts
   * @param faults told of what goes wrong
   * @throws IOException never in practice: declared by the superclass of {@link EngineListener}
   */
  Engine(List<Door> doors, Faults faults) throws IOException {
    sessions =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual()
                .name("session")
                .uncaughtExceptionHandler((thread, e) -> faults.inSession(e))
                .factory());
    for (Door door : doors) {
      EngineListener accepting = new EngineListener(door.bound(), door.keeper(), faults);
      listening.add(accepting);
      servers.add(server(accepting));
    }
  }

  /** Decides about an accepted socket. */
  interface Doorkeeper extends Function<java.net.Socket, Optional<EngineSocket>> {}

  /** A bound socket, and who decides about what it accepts. */
  record Door(ServerSocket bound, Doorkeeper keeper) {}

  /** What goes wrong where nobody waits for it. */
  interface Faults {
    /** A session died of this; the others go on. */
    void inSession(Throwable cause);

    /** Accepting failed and will be tried again. */
    void inAccept(IOException cause);

    /** The accept loop cannot go on: the process must end. */
    void fatal(Throwable cause);
  }

  private SMTPServer server(EngineListener listener) {
    SMTPServer server =
        SMTPServer.port(0)
            .hostName("unused")
            .softwareName("unused")
            .maxConnections(BOUND_NEVER_REACHED)
            .connectionTimeoutMs(0)
            .sessionIdFactory(() -> "")
            .sessionHandler(Opening.INSTANCE)
            .executorService(sessions)
            .serverSocketFactory(() -> listener)
            .serverThreadName("accept-" + listener.port())
            .build();
    replaceVerbs(server.getCommandHandler());
    return server;
  }

  static void replaceVerbs(CommandHandler handler) {
    for (String verb : List.copyOf(handler.getVerbs())) {
      handler.addCommand(new Turn(verb));
    }
    handler.addCommand(new Turn(Turn.WORD));
  }

  /** Starts accepting. */
  void start() {
    servers.forEach(SMTPServer::start);
  }

  /** Which accept loop has ended, while none was asked to. */
  Optional<String> ailing() {
    return listening.stream()
        .filter(EngineListener::isForsaken)
        .findFirst()
        .map(listener -> "accept-" + listener.port() + " has ended");
  }

  /** Ends the accept loops and waits for the session threads, whose connections must be closed. */
  @Override
  public void close() {
    servers.forEach(SMTPServer::stop);
    sessions.close();
  }

  /** Opens the conversation before SubEtha's first read. */
  private enum Opening implements SessionHandler {
    INSTANCE;

    @Override
    public SessionAcceptance accept(Session session) {
      EngineSocket.of(session).conversation().open();
      return SessionAcceptance.success();
    }

    @Override
    public void onSessionEnd(Session session) {
      EngineSocket.of(session).conversation().end();
    }
  }

  /** The one command: a turn of the conversation. */
  static final class Turn implements Command {
    /** Four letters, so that SubEtha finds it whichever way it looks. */
    static final String WORD = "TURN";

    private final String verb;

    Turn(String verb) {
      this.verb = verb;
    }

    @Override
    public void execute(String line, Session session) {
      EngineSocket.of(session).conversation().turn();
    }

    @Override
    public HelpMessage getHelp() {
      return new HelpMessage(verb, "");
    }

    @Override
    public String getName() {
      return verb;
    }
  }
}
