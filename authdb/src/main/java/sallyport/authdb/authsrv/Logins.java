package sallyport.authdb.authsrv;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.authdb.Changes;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Inside;
import sallyport.authdb.InsideServers;
import sallyport.authdb.LoginRecord;
import sallyport.authdb.Snapshot;
import sallyport.authdb.Snapshot.Account;
import sallyport.authdb.protocol.ApopDigest;
import sallyport.authdb.protocol.LoginName;
import sallyport.authdb.protocol.Reply;
import sallyport.authdb.protocol.Request;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;

/**
 * Front logins: who may come in, what is counted, and when the answer leaves. Thread-safe: what
 * counts is behind one lock, secrets are opened outside of it.
 */
final class Logins {
  private final Broker.Rules rules;
  private final InstantSource wall;
  private final Vault vault;
  private final Challenges challenges;
  private final Grants grants;
  private final EventLog log;
  private final Alerts alerts;

  private final Object lock = new Object();
  private final Delays delays = new Delays();
  private final Guesses guesses = new Guesses();
  private final Ledger ledger = new Ledger();
  private final Counts counts;

  private volatile Map<String, Account> accounts = Map.of();

  /** A login under way. */
  private record Attempt(
      String tag, String typed, Optional<LoginName> name, Source source, long arrival) {
    static Attempt of(String tag, String typed, String source, long arrival) {
      return new Attempt(tag, typed, LoginName.parse(typed), Source.of(source), arrival);
    }
  }

  /** A server of the table. */
  private record Destination(String server, InsideServers.Method method) {}

  Logins(
      Broker.Rules rules,
      InstantSource wall,
      Vault vault,
      Challenges challenges,
      Grants grants,
      EventLog log) {
    this.rules = rules;
    this.wall = wall;
    this.vault = vault;
    this.challenges = challenges;
    this.grants = grants;
    this.log = log;
    this.alerts = new Alerts(log);
    this.counts = new Counts(rules.badTries(), rules.badSleep(), wall, ledger);
  }

  /** Takes over the users as they are now. */
  void reload(Snapshot snapshot, long now) {
    synchronized (lock) {
      counts.reload(snapshot, now);
      accounts = Map.copyOf(new HashMap<>(snapshot.accounts()));
    }
  }

  /** The users, by name. */
  Map<String, Account> accounts() {
    return accounts;
  }

  /** What is to be written. */
  Changes takeChanges() {
    synchronized (lock) {
      return ledger.take(counts);
    }
  }

  /** It could not be written. */
  void giveBack(Changes changes) {
    synchronized (lock) {
      ledger.giveBack(changes);
    }
  }

  /** How many lines of users' logs were lost since this was last asked. */
  long lost() {
    synchronized (lock) {
      return ledger.lost();
    }
  }

  /** By APOP: the challenge is used up, whatever comes of it. */
  Broker.Ruling verify(Request.Verify request, long now) {
    Attempt attempt = Attempt.of(request.tag(), request.login(), request.source(), now);
    return switch (challenges.use(request.challenge(), now)) {
      case GOOD -> judge(attempt, Reason.BAD_DIGEST, secret -> isRight(request, secret));
      case STALE -> {
        logRefusal(attempt, Reason.STALE_CHALLENGE, "");
        yield new Broker.Ruling(new Reply.Unavailable(request.tag()), now);
      }
      case FULL -> {
        alerts.full("challenges");
        yield new Broker.Ruling(new Reply.Unavailable(request.tag()), now);
      }
      case USED -> suspicious(attempt, Reason.REPLAYED_CHALLENGE);
      case FORGED -> suspicious(attempt, Reason.FORGED_CHALLENGE);
    };
  }

  private static boolean isRight(Request.Verify request, byte[] secret) {
    String right = ApopDigest.hex(request.challenge(), secret);
    return MessageDigest.isEqual(
        right.getBytes(StandardCharsets.US_ASCII),
        request.digest().getBytes(StandardCharsets.US_ASCII));
  }

  /** By PASS. */
  Broker.Ruling password(Request.Password request, long now) {
    byte[] typed = request.secret().octets();
    Attempt attempt = Attempt.of(request.tag(), request.login(), request.source(), now);
    return judge(attempt, Reason.BAD_PASSWORD, secret -> MessageDigest.isEqual(secret, typed));
  }

  /** The gateway's rules refuse: held back like any refusal, and counted nowhere else. */
  Broker.Ruling deny(Request.Deny request, long now) {
    Attempt attempt = Attempt.of(request.tag(), request.login(), request.source(), now);
    return refuse(attempt, Reason.DENIED_BY_RULE, request.reason());
  }

  private Broker.Ruling suspicious(Attempt attempt, Reason reason) {
    alerts.suspect(reason.word(), attempt.typed(), "");
    return refuse(attempt, reason, "");
  }

  /** The secret is held against the proof first, whoever the user: then all is known at once. */
  private Broker.Ruling judge(Attempt attempt, Reason wrong, Vault.Use<Boolean> proof) {
    Optional<LoginName> name = attempt.name();
    Optional<Account> account = name.map(LoginName::user).map(accounts::get);
    Vault.Match match;
    try {
      match = vault.match(account, wall.instant(), proof);
    } catch (DatabaseTrouble e) {
      alerts.trouble(attempt.typed(), e);
      return new Broker.Ruling(new Reply.Unavailable(attempt.tag()), attempt.arrival());
    }
    Optional<Destination> destination = name.flatMap(this::destination);
    Optional<Reason> reason = count(attempt, name, account, match, destination, wrong);
    if (reason.isPresent()) {
      return refuse(attempt, reason.get(), "");
    }
    return grant(attempt, account.orElseThrow(), destination.orElseThrow());
  }

  /** The server that is meant, if the table lists it: nothing else is ever looked for. */
  private Optional<Destination> destination(LoginName login) {
    Map<String, InsideServers.Method> listed = rules.inside().servers();
    return Optional.of(login)
        .filter(this::isForUs)
        .flatMap(name -> name.server().or(rules.inside()::defaultServer))
        .flatMap(server ->
            Optional.ofNullable(listed.get(server)).map(method -> new Destination(server, method)));
  }

  private boolean isForUs(LoginName login) {
    return login.firewall().map(rules.hostname()::equalsIgnoreCase).orElse(true);
  }

  /** Why not, if not; and what that means for the next time. */
  private Optional<Reason> count(
      Attempt attempt,
      Optional<LoginName> name,
      Optional<Account> account,
      Vault.Match match,
      Optional<Destination> destination,
      Reason wrong) {
    synchronized (lock) {
      if (match == Vault.Match.WRONG) {
        name.ifPresent(login -> watch(attempt, login.user(), account));
      }
      if (account.isEmpty()) {
        return Optional.of(Reason.UNKNOWN_USER);
      }
      long id = account.get().id();
      if (counts.isAsleep(id, attempt.source(), attempt.arrival())) {
        return Optional.of(Reason.ASLEEP);
      }
      if (account.get().front().isEmpty()) {
        return Optional.of(Reason.NO_SECRET);
      }
      if (match == Vault.Match.WRONG) {
        countWrong(attempt, account.get());
        return Optional.of(wrong);
      }
      if (match == Vault.Match.PREVIOUS) {
        return Optional.of(Reason.OLD_SECRET);
      }
      if (account.get().user().disabled()) {
        return Optional.of(Reason.DISABLED);
      }
      if (destination.isEmpty()) {
        return Optional.of(Reason.NO_SUCH_SERVER);
      }
      return Optional.empty();
    }
  }

  /** Counts for the name, whether there is such a user or not. */
  private void watch(Attempt attempt, String user, Optional<Account> account) {
    boolean strange = account.filter(a -> counts.isKnown(a.id(), attempt.source())).isEmpty();
    if (strange && guesses.wrong(user, attempt.source(), attempt.arrival())) {
      alerts.guessing(attempt.source(), user);
    }
  }

  private void countWrong(Attempt attempt, Account account) {
    int most = isSlowed(attempt) ? 1 : rules.badTries();
    int tries = counts.wrong(account.id(), attempt.source(), most, attempt.arrival());
    if (tries > 0) {
      alerts.asleep(attempt.source(), account.user().name(), tries, rules.badSleep().toSeconds());
    }
  }

  /** Whether the name is under attack, and this source is not one that the user is known at. */
  private boolean isSlowed(Attempt attempt) {
    Optional<String> user = attempt.name().map(LoginName::user);
    Optional<Account> account = user.map(accounts::get);
    return user.filter(name -> guesses.underAttack(name, attempt.arrival())).isPresent()
        && account.filter(known -> counts.isKnown(known.id(), attempt.source())).isEmpty();
  }

  private Broker.Ruling grant(Attempt attempt, Account account, Destination destination) {
    String server = destination.server();
    Optional<Inside> inside = Optional.ofNullable(account.user().inside().get(server));
    String user = account.user().name();
    long release;
    synchronized (lock) {
      boolean slowed = isSlowed(attempt);
      release = attempt.arrival() + (slowed ? Delays.LONGEST.toNanos() : 0);
    }
    Grants.Grant grant = new Grants.Grant(account.id(), user, server, destination.method());
    Optional<String> given = grants.give(grant, release, attempt.arrival());
    if (given.isEmpty()) {
      alerts.full("grants");
      return new Broker.Ruling(new Reply.Unavailable(attempt.tag()), attempt.arrival());
    }
    synchronized (lock) {
      counts.right(account.id(), attempt.source());
      ledger.outcome(account.id(), record(attempt, LoginRecord.Outcome.LOGIN));
    }
    log.write(
        Event.LOGIN,
        Field.of("host", attempt.source().address()),
        Field.of("user", user),
        Field.of("server", server));
    String insideName = inside.flatMap(Inside::name).orElse(user);
    List<String> fields = List.of(given.get(), server, insideName);
    return new Broker.Ruling(new Reply.Ok(attempt.tag(), fields), release);
  }

  /** The same for every cause: one text, and a time that only the source has earned. */
  private Broker.Ruling refuse(Attempt attempt, Reason reason, String detail) {
    long held;
    synchronized (lock) {
      held = delays.refused(attempt.source(), attempt.arrival()).toNanos();
      if (isSlowed(attempt)) {
        held = Math.max(held, Delays.LONGEST.toNanos());
      }
      attempt
          .name()
          .map(LoginName::user)
          .map(accounts::get)
          .ifPresent(account -> ledger.outcome(account.id(), record(attempt, reason.outcome())));
    }
    logRefusal(attempt, reason, detail);
    return new Broker.Ruling(new Reply.Refused(attempt.tag()), attempt.arrival() + held);
  }

  private LoginRecord record(Attempt attempt, LoginRecord.Outcome outcome) {
    return new LoginRecord(
        wall.instant().truncatedTo(ChronoUnit.MILLIS), attempt.source().address(), outcome);
  }

  private void logRefusal(Attempt attempt, Reason reason, String detail) {
    Field host = Field.of("host", attempt.source().address());
    Field user = Field.of("user", attempt.typed());
    Field why = Field.of("reason", reason.word());
    if (detail.isEmpty()) {
      log.write(Event.LOGIN_REFUSED, host, user, why);
    } else {
      log.write(Event.LOGIN_REFUSED, host, user, why, Field.of("detail", detail));
    }
  }
}
