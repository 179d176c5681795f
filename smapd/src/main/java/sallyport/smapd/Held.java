package sallyport.smapd;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sallyport.spool.QueuedMessage;

/**
 * A message that smapd holds, and what is to be remembered of it while it waits: a million of these
 * may be in memory, so that all else (recipients, header) is got from the message when it is worked
 * on.
 *
 * <p>Owned by one thread at a time: by the worker that took it from {@link Dispatch} or claimed it
 * there, otherwise by {@link Dispatch} under its lock.
 */
final class Held {

  /** The part of a message that is handed over at once; without a way, what needs no hub. */
  static final class Leg {
    private final Held held;
    private final @Nullable Way way;
    private int tries;
    private long due;

    /** Where it waits; {@link LegHeap} and {@link Dispatch} only. */
    @Nullable LegHeap heap;

    /** Its place there; {@link LegHeap} only. */
    int place;

    private Leg(Held held, @Nullable Way way, int tries, long due) {
      this.held = held;
      this.way = way;
      this.tries = tries;
      this.due = due;
    }

    Held held() {
      return held;
    }

    /** Which way it goes; empty for what needs no hub. */
    Optional<Way> way() {
      return Optional.ofNullable(way);
    }

    /** Attempts so far that were answered. */
    int tries() {
      return tries;
    }

    /** When to try, by {@link System#nanoTime}. */
    long due() {
      return due;
    }

    /** Notes that an attempt was answered, and when the next is due. */
    void tryAgain(long when) {
      tries++;
      due = when;
    }

    /** Puts it off or brings it forward; by its owner, and never while it waits in a heap. */
    void dueAt(long when) {
      due = when;
    }
  }

  /** Who has the message. */
  enum Owner {
    /** Nobody: it waits in {@link Dispatch}. */
    NOBODY,
    /** A worker. */
    WORKER,
    /** An administrator. */
    ADMINISTRATOR,
    /** Nobody any more. */
    ENDED
  }

  private final QueuedMessage message;
  private List<Leg> legs;
  private List<Failure> failures = List.of();
  private List<Failure> withheld = List.of();
  private Verdict.@Nullable Refused refused;
  private @Nullable Leg local;

  /** {@link Dispatch} only, under its lock. */
  Owner owner = Owner.NOBODY;

  /**
   * A message as it came from the queue.
   *
   * @param due when it is to be tried, by {@link System#nanoTime}
   */
  Held(QueuedMessage message, Routes routes, long due) {
    this.message = message;
    Routes.Split split = routes.split(message.pending());
    for (String uncarried : split.uncarried()) {
      fail(
          Failure.own(uncarried, EnhancedStatus.UNCARRIED, "nothing carries mail for this domain"));
    }
    this.legs =
        split.byWay().keySet().stream()
            .map(way -> new Leg(this, way, message.tries(), due))
            .toList();
  }

  QueuedMessage message() {
    return message;
  }

  String id() {
    return message.id().text();
  }

  /** What is still to be handed over, one leg a way. */
  List<Leg> legs() {
    return legs;
  }

  /** Where the legs go. */
  Set<Destination> destinations() {
    return legs.stream()
        .flatMap(leg -> leg.way().stream())
        .map(Way::destination)
        .collect(Collectors.toSet());
  }

  /** The recipients of each way, without those that have failed or are withheld. */
  Map<Way, List<String>> recipients(Routes routes) {
    return routes.split(hopeful()).byWay();
  }

  /** The recipients to be tried, whatever their way. */
  List<String> hopeful() {
    if (failures.isEmpty() && withheld.isEmpty()) {
      return message.pending();
    }
    Set<String> hopeless =
        Stream.concat(failures.stream(), withheld.stream())
            .map(Failure::recipient)
            .collect(Collectors.toSet());
    return message.pending().stream().filter(to -> !hopeless.contains(to)).toList();
  }

  /** Nothing is left to do on this leg. */
  void done(Leg leg) {
    legs = legs.stream().filter(other -> other != leg).toList();
  }

  /** Whether nothing is left to do for anybody. */
  boolean isThrough() {
    return legs.isEmpty()
        && failures.isEmpty()
        && withheld.isEmpty()
        && refused == null
        && local == null;
  }

  /** Recipients without hope, and why; not yet told to anybody. */
  List<Failure> failures() {
    return failures;
  }

  /** Notes that there is no hope for a recipient. */
  void fail(Failure failure) {
    List<Failure> all = new ArrayList<>(failures);
    all.add(failure);
    failures = List.copyOf(all);
  }

  /** The failures were told and recorded. */
  void failuresDealtWith() {
    failures = List.of();
  }

  /** Recipients for whom it is to be set aside in the end, and why; nobody is told. */
  List<Failure> withheld() {
    return withheld;
  }

  /** Notes that a recipient may not have the message. */
  void withhold(Failure failure) {
    List<Failure> all = new ArrayList<>(withheld);
    all.add(failure);
    withheld = List.copyOf(all);
  }

  /** The whole message is refused: no hub is to be tried. */
  void giveUp(Verdict.Refused verdict) {
    refused = verdict;
    legs = List.of();
  }

  /** Why the whole message is refused, and what is to be done with it. */
  Optional<Verdict.Refused> refused() {
    return Optional.ofNullable(refused);
  }

  /** The refusal is the failure of each recipient now. */
  void refusalDealtWith() {
    refused = null;
  }

  /** What is to be done without a hub, due at once if it was not asked for before. */
  Leg local(long now) {
    Leg found = local;
    if (found == null) {
      found = new Leg(this, null, 0, now);
      local = found;
    }
    return found;
  }

  /** What is to be done without a hub, if there is anything. */
  Optional<Leg> local() {
    return Optional.ofNullable(local);
  }

  /** What needed no hub was done. */
  void localDone() {
    local = null;
  }
}
