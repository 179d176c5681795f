package sallyport.authdb.authsrv;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.InsideServers;
import sallyport.authdb.Snapshot.Account;
import sallyport.authdb.protocol.ApopDigest;
import sallyport.authdb.protocol.Reply;
import sallyport.authdb.protocol.Request;
import sallyport.authdb.protocol.SecretText;
import sallyport.authdb.protocol.Timestamp;

/**
 * What a grant buys: one digest for an inside server's timestamp, or one secret for a server
 * without APOP. The gateway passes on what a server sent, and either may be hostile. Thread-safe.
 */
final class InsideAnswers {
  private final Supplier<Map<String, Account>> accounts;
  private final Vault vault;
  private final Grants grants;
  private final Alerts alerts;
  private final Answered answered;

  InsideAnswers(
      Supplier<Map<String, Account>> accounts,
      Vault vault,
      Grants grants,
      Alerts alerts,
      SecureRandom random) {
    this.accounts = accounts;
    this.vault = vault;
    this.grants = grants;
    this.alerts = alerts;
    this.answered = new Answered(random);
  }

  /** A timestamp is judged before it is digested; whatever it is, the grant is used up. */
  Reply respond(Request.Respond request, long now) {
    Optional<Grants.Grant> taken = take(request.grant(), now);
    if (taken.isEmpty()) {
      return new Reply.Refused(request.tag());
    }
    Grants.Grant grant = taken.get();
    Optional<Timestamp> timestamp = Timestamp.parse(request.timestamp());
    Optional<String> wrong = judge(grant, timestamp);
    if (wrong.isPresent()) {
      alerts.suspect(wrong.get(), grant.user(), grant.server());
      return new Reply.Refused(request.tag());
    }
    String text = timestamp.orElseThrow().text();
    return open(
        request,
        grant,
        account ->
            vault.withOwnOrFront(account, grant.server(), secret -> ApopDigest.hex(text, secret)));
  }

  private Optional<String> judge(Grants.Grant grant, Optional<Timestamp> timestamp) {
    if (grant.method() != InsideServers.Method.APOP) {
      return Optional.of("digest for a pass server");
    }
    if (timestamp.isEmpty()) {
      return Optional.of("malformed timestamp");
    }
    if (timestamp.get().ownMark()) {
      return Optional.of("reflected challenge");
    }
    return answered.first(grant.account(), grant.server(), timestamp.get().text())
        ? Optional.empty()
        : Optional.of("repeated timestamp");
  }

  /** Only for a server that the table marks {@code pass}, and only a secret of its own. */
  Reply secret(Request.Secret request, long now) {
    Optional<Grants.Grant> taken = take(request.grant(), now);
    if (taken.isEmpty()) {
      return new Reply.Refused(request.tag());
    }
    Grants.Grant grant = taken.get();
    if (grant.method() != InsideServers.Method.PASS) {
      alerts.suspect("secret for an apop server", grant.user(), grant.server());
      return new Reply.Refused(request.tag());
    }
    return open(
        request,
        grant,
        account ->
            vault.withOwn(account, grant.server(), secret -> SecretText.of(secret).reveal()));
  }

  private Optional<Grants.Grant> take(String text, long now) {
    return switch (grants.take(text, now)) {
      case Grants.Taken.Good good -> Optional.of(good.grant());
      case Grants.Taken.Again _ -> {
        alerts.suspect("second use of a grant", "", "");
        yield Optional.empty();
      }
      case Grants.Taken.Unknown _ -> Optional.empty();
    };
  }

  private interface Opening {
    Optional<String> of(Account account) throws DatabaseTrouble;
  }

  /** Does something with a secret of the grant's user, as the user is now. */
  private Reply open(Request request, Grants.Grant grant, Opening opening) {
    Account account = accounts.get().get(grant.user());
    if (account == null || account.id() != grant.account() || account.user().disabled()) {
      return new Reply.Refused(request.tag());
    }
    try {
      return opening
          .of(account)
          .<Reply>map(text -> new Reply.Ok(request.tag(), List.of(text)))
          .orElseGet(() -> new Reply.Refused(request.tag()));
    } catch (DatabaseTrouble e) {
      alerts.trouble(grant.user(), e);
      return new Reply.Unavailable(request.tag());
    }
  }
}
