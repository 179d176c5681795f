package sallyport.daemon;

/** How much an event matters, with the priority that journald knows it by. */
public enum Level {
  /** The ordinary course of things. */
  INFO(6),
  /** Ordinary, and worth finding later: starts, stops, refusals. */
  NOTICE(5),
  /** Something did not go as it should, and was dealt with. */
  WARNING(4),
  /** Something failed. */
  ERROR(3),
  /** An administrator must see this: the line carries {@code securityalert=yes}. */
  ALERT(1);

  private final int priority;

  Level(int priority) {
    this.priority = priority;
  }

  /** The syslog priority, 0 to 7. */
  int priority() {
    return priority;
  }
}
