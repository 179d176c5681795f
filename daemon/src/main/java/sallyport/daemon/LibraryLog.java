package sallyport.daemon;

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
final class LibraryLog extends Handler {
  private final EventLog log;
  private final SimpleFormatter texts = new SimpleFormatter();

  private LibraryLog(EventLog log) {
    this.log = log;
  }

  /** Takes the place of whatever logging was set up in this process. */
  static void into(EventLog log) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    root.addHandler(new LibraryLog(log));
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
