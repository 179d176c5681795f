package sallyport.daemon;

import java.time.Duration;

/** The end of a process after something that must not happen. */
final class Fatal {
  private static final Duration FLUSH_BOUND = Duration.ofSeconds(2);
  private static final int FRAMES = 6;

  private Fatal() {}

  /** Logs it, writes the log out, and halts with code 70, whatever else fails. */
  static void end(EventLog log, Throwable trouble) {
    try {
      log.write(
          Event.FATAL,
          Field.of("thread", Thread.currentThread().getName()),
          Field.of("error", trouble.toString()),
          Field.of("at", frames(trouble)));
      log.flush(FLUSH_BOUND);
    } finally {
      Runtime.getRuntime().halt(ExitCode.SOFTWARE.number());
    }
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
