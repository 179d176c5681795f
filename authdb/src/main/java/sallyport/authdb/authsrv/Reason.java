package sallyport.authdb.authsrv;

import sallyport.authdb.LoginRecord.Outcome;

/** Why a login is refused: for the log and for the user's record, never for the client. */
enum Reason {
  UNKNOWN_USER("unknown-user", Outcome.WRONG_SECRET),
  BAD_DIGEST("bad-digest", Outcome.WRONG_SECRET),
  BAD_PASSWORD("bad-password", Outcome.WRONG_SECRET),
  OLD_SECRET("old-secret", Outcome.OLD_SECRET),
  NO_SECRET("no-secret", Outcome.NO_SECRET),
  DISABLED("disabled", Outcome.DISABLED),
  ASLEEP("asleep", Outcome.ASLEEP),
  NO_SUCH_SERVER("no-such-server", Outcome.NO_SERVER),
  STALE_CHALLENGE("stale-challenge", Outcome.WRONG_SECRET),
  FORGED_CHALLENGE("forged-challenge", Outcome.WRONG_SECRET),
  REPLAYED_CHALLENGE("replayed-challenge", Outcome.WRONG_SECRET),
  DENIED_BY_RULE("denied-by-rule", Outcome.RULES);

  private final String word;
  private final Outcome outcome;

  Reason(String word, Outcome outcome) {
    this.word = word;
    this.outcome = outcome;
  }

  /** As it stands in the log. */
  String word() {
    return word;
  }

  /** As it stands in the user's record. */
  Outcome outcome() {
    return outcome;
  }
}
