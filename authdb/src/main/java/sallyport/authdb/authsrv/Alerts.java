package sallyport.authdb.authsrv;

import sallyport.authdb.DatabaseTrouble;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;

/** What an administrator must see of requests. Any thread. */
record Alerts(EventLog log) {

  /** An honest gateway would not have asked for this. */
  void suspect(String what, String user, String server) {
    log.write(
        Event.SUSPECT_GATEWAY,
        Field.of("what", what),
        Field.of("user", user),
        Field.of("server", server));
  }

  /** One name is tried from everywhere. */
  void guessing(Source source, String user) {
    log.write(
        Event.GUESSING,
        Field.of("host", source.address()),
        Field.of("user", user),
        Field.of("networks", Guesses.MANY_NETWORKS));
  }

  /** A pair was put to sleep. */
  void asleep(Source source, String user, int tries, long seconds) {
    log.write(
        Event.ASLEEP,
        Field.of("host", source.address()),
        Field.of("user", user),
        Field.of("tries", tries),
        Field.of("seconds", seconds));
  }

  /** A secret cannot be opened. */
  void trouble(String user, DatabaseTrouble e) {
    log.write(
        Event.TROUBLE,
        Field.of("what", "secret"),
        Field.of("user", user),
        Field.of("error", e.line()));
  }

  /** A bound of this process is reached. */
  void full(String what) {
    log.write(Event.TROUBLE, Field.of("what", what), Field.of("error", "too many at a time"));
  }
}
