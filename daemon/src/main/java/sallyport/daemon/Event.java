package sallyport.daemon;

/**
 * Every kind of line that a daemon of this house writes to its log. The set is closed: a new kind
 * is added here and in {@code docs/log.md}, and a test compares the two.
 */
public enum Event {
  // The life of a daemon.
  STARTING("starting", Level.NOTICE),
  NOT_STARTED("not-started", Level.ERROR),
  CONFINED("confined", Level.NOTICE),
  UNCONFINED("unconfined", Level.WARNING),
  LISTENING("listening", Level.NOTICE),
  READY("ready", Level.NOTICE),
  DRAINING("draining", Level.NOTICE),
  STOPPED("stopped", Level.NOTICE),
  TABLE_WARNING("table-warning", Level.WARNING),
  RECIPIENTS("recipients", Level.NOTICE),
  CERTIFICATE("certificate", Level.WARNING),
  LIBRARY("library", Level.WARNING),
  TROUBLE("trouble", Level.ERROR),
  FATAL("fatal", Level.ERROR),

  // A client's session.
  CONNECT("connect", Level.INFO),
  REFUSED("refused", Level.NOTICE),
  EVICTED("evicted", Level.NOTICE),
  NOT_SMTP("not-smtp", Level.NOTICE),
  NOT_POP3("not-pop3", Level.NOTICE),
  TLS("tls", Level.INFO),
  SPOKE_FIRST("spoke-first", Level.NOTICE),
  TLS_FAILED("tls-failed", Level.NOTICE),
  BAD_COMMAND("bad-command", Level.NOTICE),
  REJECTED("rejected", Level.NOTICE),
  ACCEPTED("accepted", Level.INFO),
  NOT_ACCEPTED("not-accepted", Level.WARNING),
  TIMEOUT("timeout", Level.NOTICE),
  DISCONNECT("disconnect", Level.INFO),
  POSSIBLE_SPOOF("possible-spoof", Level.ALERT),
  SUSPECT_ADDRESS("suspect-address", Level.ALERT),

  // Logins.
  LOGIN("login", Level.INFO),
  LOGIN_REFUSED("login-refused", Level.NOTICE),
  LOGIN_FAILED("login-failed", Level.WARNING),
  ASLEEP("asleep", Level.ALERT),
  GUESSING("guessing", Level.ALERT),
  WRONG_PEER("wrong-peer", Level.ALERT),
  SUSPECT_GATEWAY("suspect-gateway", Level.ALERT),
  DATABASE_UP("database-up", Level.NOTICE),
  INSIDE_DOWN("inside-down", Level.WARNING),
  INSIDE_REFUSED("inside-refused", Level.WARNING),
  INSIDE_SUSPECT("inside-suspect", Level.ALERT),
  AUTHSRV_DOWN("authsrv-down", Level.WARNING),
  AUTHSRV_UP("authsrv-up", Level.NOTICE),

  // The queue and the way on.
  TAKEN("taken", Level.INFO),
  DELIVERED("delivered", Level.INFO),
  DEFERRED("deferred", Level.NOTICE),
  FAILED("failed", Level.WARNING),
  REPORTED("reported", Level.NOTICE),
  SET_ASIDE("set-aside", Level.WARNING),
  DISCARDED("discarded", Level.WARNING),
  DAMAGED("damaged", Level.ALERT),
  STRANGE_FILE("strange-file", Level.ALERT),
  LOOP("loop", Level.ALERT),
  HUB_DOWN("hub-down", Level.WARNING),
  HUB_UP("hub-up", Level.NOTICE),
  HUB_WITHOUT_TLS("hub-without-tls", Level.WARNING),
  HUB_SUSPECT("hub-suspect", Level.ALERT),
  CLOCK_STEP("clock-step", Level.ALERT),
  BY_HAND("by-hand", Level.NOTICE);

  private final String wireName;
  private final Level level;

  Event(String wireName, Level level) {
    this.wireName = wireName;
    this.level = level;
  }

  /** The first word of the line. */
  public String wireName() {
    return wireName;
  }

  /** How much it matters. */
  public Level level() {
    return level;
  }
}
