package sallyport.daemon;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Brings what libraries log, through java.util.logging or slf4j, into the one log: warnings and
 * above, a line each, without a stack. What is below is dropped.
 */
public final class LibraryLog extends Handler {
  /** Loggers that say nothing. Held, since a logger that nobody holds forgets its level. */
  private static final Map<String, Logger> SILENT = new ConcurrentHashMap<>();

  private final EventLog log;
  private final SimpleFormatter texts = new SimpleFormatter();

  private LibraryLog(EventLog log) {
    this.log = log;
  }

  /**
   * Shuts the log of a library whose failures all come as exceptions, too: one line about them is
   * enough. For the whole process; any thread may call it.
   *
   * @param library the name that its loggers' names begin with
   */
  public static void silence(String library) {
    Logger logger = Logger.getLogger(library);
    SILENT.put(library, logger);
    logger.setLevel(Level.OFF);
  }

  /** Takes the place of whatever logging was set up in this process. */
  static void into(EventLog log) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    root.addHandler(new LibraryLog(log));
    SILENT.values().forEach(logger -> logger.setLevel(Level.OFF)); // The reset has forgotten it.
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getLevel().intValue() < Level.WARNING.intValue()) {
      return;
    }
    Field logger = Field.of("logger", String.valueOf(record.getLoggerName()));
    Field text = Field.of("text", String.valueOf(texts.formatMessage(record)));
    Throwable thrown = record.getThrown();
    if (thrown == null) {
      log.write(Event.LIBRARY, logger, text);
    } else {
      log.write(Event.LIBRARY, logger, text, Field.of("error", thrown.toString()));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
