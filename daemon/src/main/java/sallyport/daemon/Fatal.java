package sallyport.daemon;

import java.time.Duration;

/** The end of a process after something that must not happen. */
final class Fatal {
  private static final Duration BOUND = Duration.ofSeconds(2);
  private static final int FRAMES = 6;

  private Fatal() {}

  /**
   * Logs it, writes the log out, and halts with code 70, whatever else fails: a log that nobody
   * reads holds this up for two seconds and no longer.
   */
  static void end(EventLog log, Throwable trouble) {
    try {
      Field[] fields = {
        Field.of("thread", Thread.currentThread().getName()),
        Field.of("error", trouble.toString()),
        Field.of("at", frames(trouble))
      };
      Thread.ofPlatform().name("last words").daemon(true).start(() -> say(log, fields)).join(BOUND);
    } catch (InterruptedException e) {
      // Nothing waits any more.
    } finally {
      Runtime.getRuntime().halt(ExitCode.SOFTWARE.number());
    }
  }

  private static void say(EventLog log, Field[] fields) {
    log.write(Event.FATAL, fields);
    log.flush(BOUND);
  }

  private static String frames(Throwable trouble) {
    StringBuilder text = new StringBuilder();
    StackTraceElement[] frames = trouble.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
      text.append(i == 0 ? "" : " < ").append(frames[i].getClassName()).append('.');
      text.append(frames[i].getMethodName()).append(':').append(frames[i].getLineNumber());
    }
    return text.toString();
  }
}
