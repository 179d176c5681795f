package sallyport.authdb.cli;

import java.time.Instant;
import sallyport.authdb.User;

/** What a user may do at this moment, in a word. */
enum Status {
  ENABLED("enabled"),
  /** By an administrator. */
  DISABLED("disabled"),
  /** Nothing to log in with. */
  NO_SECRET("no-secret"),
  /** After wrong logins; perhaps for some sources only. */
  ASLEEP("asleep");

  private final String word;

  Status(String word) {
    this.word = word;
  }

  /** The first reason that would keep the user out. */
  static Status of(User user, Instant now) {
    if (user.disabled()) {
      return DISABLED;
    }
    if (user.secretChanged().isEmpty()) {
      return NO_SECRET;
    }
    return user.sleepingUntil().filter(now::isBefore).isPresent() ? ASLEEP : ENABLED;
  }

  @Override
  public String toString() {
    return word;
  }
}
