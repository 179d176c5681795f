package sallyport.smapd.cli;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sallyport.daemon.StartupException;
import sallyport.smapd.control.Action;
import sallyport.smapd.control.Administration;
import sallyport.smapd.control.Selection;
import sallyport.smapd.control.State;

/** The commands that do something with messages. */
abstract class Act implements Callable<Integer> {
  private static final Set<String> CONSENT = Set.of("y", "yes");

  private final Desk desk;
  private final Action action;

  @Mixin private Targets targets = new Targets();

  @Option(
      names = {"-v", "--verbose"},
      description = "With all or a filter: say each message, too.")
  private boolean verbose;

  @Option(names = "--json", description = "Answer with a JSON object a message.")
  private boolean json;

  Act(Desk desk, Action action) {
    this.desk = desk;
    this.action = action;
  }

  /** Whether nobody is to be asked. */
  boolean isAgreed() {
    return true;
  }

  @Override
  public Integer call() throws StartupException, IOException {
    Targets.Chosen chosen = targets.chosen(desk);
    if (!isAgreed() && !consent(chosen)) {
      return desk.no("Nothing was done.");
    }
    Outcomes outcomes = new Outcomes(desk, action, saying(chosen));
    try (Administration queue = desk.open()) {
      for (Selection part : chosen.selections()) {
        queue.act(action, part, desk.by(), outcomes::take);
      }
    }
    return outcomes.end();
  }

  private Outcomes.Saying saying(Targets.Chosen chosen) {
    if (json) {
      return Outcomes.Saying.JSON;
    }
    return chosen.byId() || verbose ? Outcomes.Saying.EACH : Outcomes.Saying.COUNT;
  }

  /**
   * Shows what it would be done to; what fulfils the filter when it is done may be more or less.
   */
  private boolean consent(Targets.Chosen chosen) throws StartupException, IOException {
    Streams.Terminal terminal =
        desk.streams()
            .terminal()
            .orElseThrow(() -> Desk.wrong("no terminal to ask on; expected --yes"));
    Map<State, Long> found = new EnumMap<>(State.class);
    try (Administration queue = desk.open()) {
      for (Selection part : chosen.selections()) {
        queue.list(
            part,
            entry -> {
              if (action.fits(entry.state())) {
                found.merge(entry.state(), 1L, Long::sum);
              }
            });
      }
    }
    if (found.isEmpty()) {
      desk.note("No messages.");
      return false;
    }
    String states =
        found.entrySet().stream()
            .map(each -> each.getValue() + " " + each.getKey().word())
            .collect(Collectors.joining(", "));
    long all = found.values().stream().mapToLong(Long::longValue).sum();
    String word =
        action.word().substring(0, 1).toUpperCase(Locale.ROOT) + action.word().substring(1);
    return terminal
        .ask(word + " " + Outcomes.counted(all) + " (" + states + ")? [y/N] ")
        .map(answer -> CONSENT.contains(answer.strip().toLowerCase(Locale.ROOT)))
        .orElse(false);
  }

  /** {@code smapq hold}. */
  @Command(
      name = "hold",
      header = "Holds messages in the queue until they are released.",
      sortOptions = false)
  static final class Hold extends Act {
    Hold(Desk desk) {
      super(desk, Action.HOLD);
    }
  }

  /** {@code smapq release}. */
  @Command(
      name = "release",
      header = "Puts held messages back into the queue.",
      sortOptions = false)
  static final class Release extends Act {
    Release(Desk desk) {
      super(desk, Action.RELEASE);
    }
  }

  /** {@code smapq retry}. */
  @Command(
      name = "retry",
      header = "Has messages tried now, and their hubs probed.",
      sortOptions = false)
  static final class Retry extends Act {
    Retry(Desk desk) {
      super(desk, Action.RETRY);
    }
  }

  /** {@code smapq requeue}. */
  @Command(
      name = "requeue",
      header = "Puts set-aside messages back into the queue.",
      description = "Held ones, too. They are judged again.",
      sortOptions = false)
  static final class Requeue extends Act {
    Requeue(Desk desk) {
      super(desk, Action.REQUEUE);
    }
  }

  /** What cannot be undone. */
  abstract static class Final extends Act {
    @Option(names = "--yes", description = "Do not ask; needed where there is no terminal.")
    private boolean yes;

    private Final(Desk desk, Action action) {
      super(desk, action);
    }

    @Override
    boolean isAgreed() {
      return yes;
    }
  }

  /** {@code smapq remove}. */
  @Command(
      name = "remove",
      header = "Deletes messages; nobody is told.",
      description = "Asks before.",
      sortOptions = false)
  static final class Remove extends Final {
    Remove(Desk desk) {
      super(desk, Action.REMOVE);
    }
  }

  /** {@code smapq bounce}. */
  @Command(
      name = "bounce",
      header = "Returns messages to their senders as not delivered.",
      description = "Asks before.",
      sortOptions = false)
  static final class Bounce extends Final {
    Bounce(Desk desk) {
      super(desk, Action.BOUNCE);
    }
  }
}
