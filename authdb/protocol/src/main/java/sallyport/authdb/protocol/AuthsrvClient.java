package sallyport.authdb.protocol;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's way to authsrv: one connection for all sessions, made on demand and again after a
 * loss. Each call blocks its (virtual) thread until there is an answer, {@link #ANSWER_TIME} has
 * passed, or the thread is interrupted; whatever goes wrong is {@link Answer.Unavailable}, and a
 * caller never learns more than that. Thread-safe.
 */
public final class AuthsrvClient implements AutoCloseable {
  /** The longest wait for an answer; a refusal is held back for half of it at most. */
  public static final Duration ANSWER_TIME = Duration.ofSeconds(30);

  /** The longest wait for the greeting. */
  public static final Duration GREETING_TIME = Duration.ofSeconds(5);

  /** From one attempt to connect to the next; calls in between are unavailable at once. */
  public static final Duration RECONNECT_PAUSE = Duration.ofMillis(100);

  /** Requests without an answer; what is beyond is unavailable at once. */
  public static final int MAX_OUTSTANDING = 4096;

  private final Path socket;
  private final Listener listener;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile @Nullable AuthsrvConnection current;
  private volatile boolean closed;
  private long lastAttempt = System.nanoTime() - RECONNECT_PAUSE.toNanos();
  private boolean lossTold;

  /** Is told what happens to the connection, for the log; on any thread, so be brief. */
  public interface Listener {
    /** authsrv is there. */
    void connected();

    /** It is not there any more, or not yet; told once, until it is there again. */
    void lost(String why);
  }

  /** What authsrv answers. */
  public sealed interface Answer {
    /**
     * A front challenge.
     *
     * @param text {@code <sp.…@hostname>}
     */
    record Challenge(String text) implements Answer {}

    /**
     * The user is who he says.
     *
     * @param grant for one {@link #respond} or {@link #secret}, within a minute
     * @param server name of the inside server in the rule table
     * @param insideName the user's name there
     */
    record Granted(String grant, String server, String insideName) implements Answer {
      @Override
      public String toString() {
        return "Granted[server=" + server + ", insideName=" + insideName + "]";
      }
    }

    /**
     * The answer to an inside server's timestamp.
     *
     * @param hex 32 lower-case hex digits
     */
    record Digest(String hex) implements Answer {
      @Override
      public String toString() {
        return "Digest";
      }
    }

    /**
     * The user's own secret for an inside server without APOP.
     *
     * @param secret to be forgotten as soon as it is sent
     */
    record Secret(SecretText secret) implements Answer {}

    /** No, for whatever reason. */
    record Refused() implements Answer {}

    /** Not now: a temporary error for the client. */
    record Unavailable() implements Answer {}
  }

  private static final Answer REFUSED = new Answer.Refused();
  private static final Answer UNAVAILABLE = new Answer.Unavailable();

  /**
   * Connects nowhere yet.
   *
   * @param socket authsrv's, as seen from where this process will be confined
   */
  public AuthsrvClient(Path socket, Listener listener) {
    this.socket = socket;
    this.listener = listener;
  }

  /** A front challenge to greet with; at once if one was fetched ahead. */
  public Answer challenge() {
    AuthsrvConnection now = current;
    if (now != null && now.isOpen()) {
      Optional<String> ahead = now.challengeAhead();
      if (ahead.isPresent()) {
        return new Answer.Challenge(ahead.get());
      }
    }
    Answer answer = ask(Request.Challenge::new, fields -> one(fields, Answer.Challenge::new));
    AuthsrvConnection used = current;
    if (used != null && answer instanceof Answer.Challenge) {
      used.fetchChallenges();
    }
    return answer;
  }

  /**
   * A login by APOP. What the protocol cannot carry (a digest that is none, too long a name) is
   * refused like any other, and as late.
   *
   * @param login as typed, one character an octet
   * @param challenge that this session was greeted with
   */
  public Answer verify(String login, String challenge, String digest, InetAddress source) {
    if (!Wire.isDigest(digest) || !Wire.isOctets(login, Wire.MAX_LOGIN)) {
      return deny(login, source, "malformed login");
    }
    String from = Request.source(source);
    return ask(
        tag -> new Request.Verify(tag, login, challenge, digest, from), AuthsrvClient::granted);
  }

  /** A login by PASS; as {@link #verify}. */
  public Answer password(String login, SecretText secret, InetAddress source) {
    if (!Wire.isOctets(login, Wire.MAX_LOGIN)) {
      return deny(login, source, "malformed login");
    }
    String from = Request.source(source);
    return ask(tag -> new Request.Password(tag, login, secret, from), AuthsrvClient::granted);
  }

  /**
   * The gateway's own rules refuse this login: returns {@link Answer.Refused} as late as any other
   * refusal comes.
   *
   * @param reason for authsrv's log; cut at {@link Wire#MAX_REASON}
   */
  public Answer deny(String login, InetAddress source, String reason) {
    String name = Wire.isOctets(login, Wire.MAX_LOGIN) ? login : "";
    String text = reason.substring(0, Math.min(reason.length(), Wire.MAX_REASON));
    String why = Wire.isOctets(text, Wire.MAX_REASON) ? text : "";
    String from = Request.source(source);
    return ask(tag -> new Request.Deny(tag, name, from, why), fields -> Optional.empty());
  }

  /** The digest for an inside server's timestamp; refused at once if authsrv will not digest it. */
  public Answer respond(String grant, String timestamp) {
    if (!Wire.isGrant(grant) || !Wire.isOctets(timestamp, Timestamp.MAX_OCTETS)) {
      return REFUSED;
    }
    return ask(
        tag -> new Request.Respond(tag, grant, timestamp),
        fields -> one(fields, hex -> Wire.isDigest(hex) ? new Answer.Digest(hex) : null));
  }

  /** The user's own secret for an inside server that is marked {@code pass}. */
  public Answer secret(String grant) {
    if (!Wire.isGrant(grant)) {
      return REFUSED;
    }
    return ask(
        tag -> new Request.Secret(tag, grant),
        fields -> one(fields, text -> new Answer.Secret(new SecretText(text))));
  }

  /** Ends the connection; all that wait, and all later calls, are unavailable. */
  @Override
  public void close() {
    closed = true;
    AuthsrvConnection now = current;
    if (now != null) {
      now.end("closed");
    }
  }

  private static Optional<Answer> granted(List<String> fields) {
    return fields.size() == 3 && Wire.isGrant(fields.getFirst())
        ? Optional.of(new Answer.Granted(fields.get(0), fields.get(1), fields.get(2)))
        : Optional.empty();
  }

  private static Optional<Answer> one(
      List<String> fields, Function<String, @Nullable Answer> answer) {
    return fields.size() == 1
        ? Optional.ofNullable(answer.apply(fields.getFirst()))
        : Optional.empty();
  }

  private Answer ask(
      Function<String, Request> request, Function<List<String>, Optional<Answer>> whenOk) {
    try {
      AuthsrvConnection connection = connection();
      if (connection == null) {
        return UNAVAILABLE;
      }
      Optional<Reply> reply = connection.ask(request);
      return reply.map(given -> answer(connection, given, whenOk)).orElse(UNAVAILABLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return UNAVAILABLE;
    }
  }

  private static Answer answer(
      AuthsrvConnection connection, Reply reply, Function<List<String>, Optional<Answer>> whenOk) {
    return switch (reply) {
      case Reply.Refused _ -> REFUSED;
      case Reply.Unavailable _ -> UNAVAILABLE;
      case Reply.Ok ok -> {
        Optional<Answer> answer = whenOk.apply(ok.fields());
        if (answer.isEmpty()) {
          connection.end("authsrv sent an answer of the wrong form");
        }
        yield answer.orElse(UNAVAILABLE);
      }
    };
  }

  private @Nullable AuthsrvConnection connection() throws InterruptedException {
    AuthsrvConnection now = current;
    if (now != null && now.isOpen()) {
      return now;
    }
    if (!connecting.tryLock(ANSWER_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
      return null;
    }
    try {
      now = current;
      if (now != null && now.isOpen()) {
        return now;
      }
      long time = System.nanoTime();
      if (closed || time - lastAttempt < RECONNECT_PAUSE.toNanos()) {
        return null;
      }
      lastAttempt = time;
      return connect();
    } finally {
      connecting.unlock();
    }
  }

  private @Nullable AuthsrvConnection connect() throws InterruptedException {
    try {
      AuthsrvConnection made = AuthsrvConnection.open(socket, this::tellConnected, this::tellLoss);
      if (!made.awaitGreeting(GREETING_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        return null;
      }
      current = made;
      if (closed) {
        made.end("closed");
      }
      return made;
    } catch (IOException e) {
      tellLoss(socket + ": " + e.getMessage());
      return null;
    }
  }

  private synchronized void tellConnected() {
    lossTold = false;
    listener.connected();
  }

  private synchronized void tellLoss(String why) {
    if (!lossTold) {
      lossTold = true;
      listener.lost(why);
    }
  }
}
