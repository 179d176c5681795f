package sallyport.authdb.authsrv;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import sallyport.authdb.Changes;
import sallyport.authdb.InsideServers;
import sallyport.authdb.Snapshot;
import sallyport.authdb.protocol.Reply;
import sallyport.authdb.protocol.Request;
import sallyport.daemon.EventLog;

/**
 * Decides every request. No socket, no disk, no waiting: clocks and randomness are given, and a
 * {@link Ruling} says when its reply is to be sent. Thread-safe.
 */
final class Broker {
  private final LongSupplier clock;
  private final Challenges challenges;
  private final Grants grants;
  private final Logins logins;
  private final InsideAnswers inside;
  private volatile boolean draining;

  /**
   * What the table says.
   *
   * @param hostname our own, as a third part of a login name
   * @param badTries wrong tries of a user from a source that put the two to sleep
   * @param badSleep for how long
   */
  record Rules(String hostname, InsideServers inside, int badTries, Duration badSleep) {}

  /**
   * What is decided.
   *
   * @param release when the reply leaves, on the monotonic clock; never before
   */
  record Ruling(Reply reply, long release) {}

  /**
   * Knows nobody until {@link #reload}.
   *
   * @param clock monotonic, in nanoseconds
   */
  Broker(
      Rules rules,
      Vault vault,
      LongSupplier clock,
      InstantSource wall,
      SecureRandom random,
      EventLog log) {
    this.clock = clock;
    this.challenges = new Challenges(rules.hostname(), random, clock.getAsLong());
    this.grants = new Grants(random);
    this.logins = new Logins(rules, wall, vault, challenges, grants, log);
    this.inside = new InsideAnswers(logins::accounts, vault, grants, new Alerts(log), random);
  }

  /** Takes over the users as they are now. */
  void reload(Snapshot snapshot) {
    logins.reload(snapshot, clock.getAsLong());
  }

  /** Takes out what is to be written. */
  Changes takeChanges() {
    return logins.takeChanges();
  }

  /** It could not be written, and is to be written later. */
  void giveBack(Changes changes) {
    logins.giveBack(changes);
  }

  /** How many lines of users' logs were lost since this was last asked. */
  long lost() {
    return logins.lost();
  }

  /** Lets nobody in any more; grants that were given may still be used. */
  void drain() {
    draining = true;
  }

  /** How many grants may still be used. */
  int unusedGrants() {
    return grants.unused(clock.getAsLong());
  }

  /** Decides a request that has just arrived. */
  Ruling rule(Request request) {
    long now = clock.getAsLong();
    if (draining && !(request instanceof Request.Respond || request instanceof Request.Secret)) {
      return new Ruling(new Reply.Unavailable(request.tag()), now);
    }
    return switch (request) {
      case Request.Challenge(String tag) ->
          new Ruling(new Reply.Ok(tag, List.of(challenges.make(now))), now);
      case Request.Verify verify -> logins.verify(verify, now);
      case Request.Password password -> logins.password(password, now);
      case Request.Deny deny -> logins.deny(deny, now);
      case Request.Respond respond -> new Ruling(inside.respond(respond, now), now);
      case Request.Secret secret -> new Ruling(inside.secret(secret, now), now);
    };
  }
}
