package sallyport.authdb.authsrv;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.InsideServers;
import sallyport.authdb.InsideServers.Method;
import sallyport.authdb.Secret;
import sallyport.authdb.UserDatabase;
import sallyport.authdb.protocol.ApopDigest;
import sallyport.authdb.protocol.Reply;
import sallyport.authdb.protocol.Request;
import sallyport.authdb.protocol.SecretText;
import sallyport.daemon.EventLog;

/**
 * A broker with a real database, clocks that a test sets, and the requests that a gateway makes.
 * john (secret {@code tanstaaf}) has a secret of his own for {@code legacy}; jane ({@code
 * opensesame}) is jd on {@code archive}; dora ({@code dormouse}) is disabled.
 */
final class TestBroker implements AutoCloseable {
  static final String HOSTNAME = "gate.example.com";
  static final String HOME = "192.0.2.7";
  static final Duration BAD_SLEEP = Duration.ofSeconds(1200);

  final Path database;
  final Path keys;
  final ByteArrayOutputStream written = new ByteArrayOutputStream();
  final EventLog log = EventLog.to(written, true);
  long now = 1_000_000_000_000L;
  LongSupplier clock = () -> now;
  Instant wall = Instant.now();
  UserDatabase users;
  Broker broker;
  Keeper keeper;
  private int tags;

  private TestBroker(Path folder) {
    database = folder.resolve("users.db");
    keys = folder.resolve("keys");
  }

  static TestBroker in(Path folder) throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    TestBroker made = new TestBroker(folder);
    try (UserDatabase users = UserDatabase.create(made.database, made.keys)) {
      users.add("john", "", "", Optional.of(secret("tanstaaf")), false);
      users.add("jane", "", "", Optional.of(secret("opensesame")), false);
      users.add("dora", "", "", Optional.of(secret("dormouse")), true);
      users.add("nell", "", "", Optional.empty(), false);
      users.map("john", "legacy", Optional.empty(), Optional.of(secret("old iron")));
      users.map("jane", "archive", Optional.of("jd"), Optional.of(secret("own secret")));
    }
    made.start();
    return made;
  }

  static Secret secret(String text) {
    return Secret.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What authsrv does at its start. */
  void start() throws DatabaseTrouble {
    Map<String, Method> servers = new LinkedHashMap<>();
    servers.put("mail", Method.APOP);
    servers.put("archive", Method.APOP);
    servers.put("legacy", Method.PASS);
    SecureRandom random = new SecureRandom();
    users = UserDatabase.open(database, keys);
    broker =
        new Broker(
            new Broker.Rules(
                HOSTNAME, new InsideServers(servers, Optional.of("mail")), 5, BAD_SLEEP),
            Vault.of(users, random),
            () -> clock.getAsLong(),
            () -> wall,
            random,
            log);
    keeper = new Keeper(users, broker, log);
    broker.reload(users.snapshot());
  }

  /** Another authsrv process, some time later. */
  void restart() throws DatabaseTrouble {
    keeper.tick();
    users.close();
    start();
  }

  /** Another process works on the same database. */
  UserDatabase commandLine() throws DatabaseTrouble {
    return UserDatabase.open(database, keys);
  }

  void pass(Duration time) {
    now += time.toNanos();
    wall = wall.plus(time);
  }

  private String tag() {
    return Integer.toHexString(++tags);
  }

  Broker.Ruling rule(Request request) {
    return broker.rule(request);
  }

  String challenge() {
    Reply.Ok ok = (Reply.Ok) rule(new Request.Challenge(tag())).reply();
    return ok.fields().getFirst();
  }

  Broker.Ruling verify(String login, String challenge, String digest, String source) {
    return rule(new Request.Verify(tag(), login, challenge, digest, source));
  }

  /** A login by APOP with a new challenge. */
  Broker.Ruling login(String login, String secret, String source) {
    String challenge = challenge();
    return verify(login, challenge, digest(challenge, secret), source);
  }

  /** john's right digest over this challenge. */
  Reply johnAnswers(String challenge) {
    return verify("john", challenge, digest(challenge, "tanstaaf"), HOME).reply();
  }

  Broker.Ruling password(String login, String secret, String source) {
    return rule(new Request.Password(tag(), login, new SecretText(secret), source));
  }

  Broker.Ruling deny(String login, String source) {
    return rule(new Request.Deny(tag(), login, source, "rule 7"));
  }

  Reply respond(String grant, String timestamp) {
    return rule(new Request.Respond(tag(), grant, timestamp)).reply();
  }

  Reply secretFor(String grant) {
    return rule(new Request.Secret(tag(), grant)).reply();
  }

  /** The grant of a login that must be right. */
  String grant(String login, String secret) {
    return fields(login(login, secret, HOME).reply()).getFirst();
  }

  static String digest(String challenge, String secret) {
    return ApopDigest.hex(challenge, secret.getBytes(StandardCharsets.UTF_8));
  }

  static List<String> fields(Reply reply) {
    if (reply instanceof Reply.Ok ok) {
      return ok.fields();
    }
    throw new AssertionError("not ok, but " + reply);
  }

  static boolean isOk(Broker.Ruling ruling) {
    return ruling.reply() instanceof Reply.Ok;
  }

  static boolean isRefused(Broker.Ruling ruling) {
    return ruling.reply() instanceof Reply.Refused;
  }

  /** From the request's arrival to its reply. */
  Duration held(Broker.Ruling ruling) {
    return Duration.ofNanos(ruling.release() - now);
  }

  /** All that was logged, one line an event. */
  String logged() {
    log.flush(Duration.ofSeconds(5));
    return written.toString(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws DatabaseTrouble {
    users.close();
    log.close();
  }
}
