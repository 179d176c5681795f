package sallyport.smapd.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Json;
import sallyport.smapd.control.Action;
import sallyport.smapd.control.Result;

/** Says what became of each message, and counts. */
final class Outcomes {
  /** How much is said. */
  enum Saying {
    /** A line a message. */
    EACH,
    /** A line for all, and one for each that was not done. */
    COUNT,
    /** A JSON object a message. */
    JSON
  }

  private final Desk desk;
  private final Action action;
  private final Saying saying;
  private long done;
  private int code = ExitCode.OK.number();

  Outcomes(Desk desk, Action action, Saying saying) {
    this.desk = desk;
    this.action = action;
    this.saying = saying;
  }

  void take(Result result) throws IOException {
    boolean isDone = result.kind() == Result.Kind.DONE;
    if (isDone) {
      done++;
    } else {
      code = Math.max(code, code(result));
    }
    switch (saying) {
      case JSON -> desk.say(Json.of(json(result)));
      case EACH -> {
        if (isDone) {
          desk.say(Shown.text(result.id()) + " " + action.done());
        } else {
          told(desk, result);
        }
      }
      case COUNT -> {
        if (!isDone) {
          told(desk, result);
        }
      }
    }
  }

  private Map<String, Object> json(Result result) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("id", result.id());
    object.put("action", action.word());
    object.put("result", result.kind().word());
    object.put("detail", result.detail());
    return object;
  }

  /** Says why one was not done; returns the exit code. */
  static int told(Desk desk, Result result) {
    desk.note(Shown.text(result.id()) + ": " + Shown.text(result.detail()));
    return code(result);
  }

  private static int code(Result result) {
    return switch (result.kind()) {
      case DONE -> ExitCode.OK.number();
      case UNKNOWN, BUSY, UNFIT -> Desk.NO;
      case FAILED -> ExitCode.IO.number();
    };
  }

  /** The last line, and the exit code. */
  int end() throws IOException {
    if (saying == Saying.COUNT) {
      desk.say(counted(done) + " " + action.done() + ".");
    }
    return code;
  }

  static String counted(long messages) {
    return messages == 1 ? "1 message" : messages + " messages";
  }
}
