package sallyport.smapd;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import sallyport.daemon.EventLog;
import sallyport.smapd.control.Action;
import sallyport.smapd.control.Administration;
import sallyport.smapd.control.Details;
import sallyport.smapd.control.Entry;
import sallyport.smapd.control.Filter;
import sallyport.smapd.control.Part;
import sallyport.smapd.control.Result;
import sallyport.smapd.control.Selection;
import sallyport.smapd.control.State;
import sallyport.spool.DamagedException;
import sallyport.spool.Queue;
import sallyport.spool.QueueId;
import sallyport.spool.QueuedMessage;
import sallyport.spool.SetAside;

/**
 * What an administrator can see and do, on the queue itself: in smapd for the control socket, in
 * {@code smapq} while smapd does not run. Safe for all threads; holds no lock while it tells
 * anything.
 *
 * <p>A list is a picture of the moment when it was asked for, eight octets and a reference for each
 * message; what left the queue since is left out. First comes the queue by time of arrival, then
 * the set-aside folder by the time when a file came there.
 */
final class QueueAdministration implements Administration {
  /** Files in the set-aside folder that are looked at for one answer. */
  static final int MAX_ASIDE = 200_000;

  /** Batches in {@code new/} that are counted. */
  static final int MAX_NEW = 100_000;

  /** What runs when it is closed: while smapd runs nothing, for it has its queue still. */
  interface Closing {
    void run() throws IOException;
  }

  private final Queue queue;
  private final Dispatch dispatch;
  private final Entries entries;
  private final ByHand byHand;
  private final InstantSource clock;
  private final Closing closing;

  private QueueAdministration(
      Queue queue,
      Dispatch dispatch,
      Entries entries,
      ByHand byHand,
      InstantSource clock,
      Closing closing) {
    this.queue = queue;
    this.dispatch = dispatch;
    this.entries = entries;
    this.byHand = byHand;
    this.clock = clock;
    this.closing = closing;
  }

  /**
   * The administration of a queue.
   *
   * @param closing run when it is closed
   */
  static QueueAdministration of(
      Queue queue,
      Dispatch dispatch,
      Routes routes,
      Returns returns,
      EventLog log,
      InstantSource clock,
      Closing closing) {
    return new QueueAdministration(
        queue,
        dispatch,
        new Entries(queue, routes, clock),
        new ByHand(queue, dispatch, routes, returns, log),
        clock,
        closing);
  }

  @Override
  public int list(Selection which, Sink<Entry> to) throws IOException {
    switch (which) {
      case Selection.Ids chosen -> {
        for (QueueId id : chosen.ids()) {
          Optional<Entry> entry = entry(id);
          if (entry.isPresent()) {
            to.take(entry.get());
          }
        }
      }
      case Selection.Matching matching -> each(matching.filter(), to);
    }
    return queue.waitingInNew(MAX_NEW);
  }

  private Optional<Entry> entry(QueueId id) throws IOException {
    Optional<Entry> queued = dispatch.find(id).flatMap(this::queued);
    if (queued.isPresent()) {
      return queued;
    }
    Optional<SetAside> aside = queue.findSetAside(id);
    return aside.isEmpty() ? Optional.empty() : Optional.of(entries.of(aside.get()));
  }

  private Optional<Entry> queued(Held held) {
    Dispatch.Standing standing = dispatch.standing(held);
    return Entries.state(standing).map(state -> entries.of(held, state, standing));
  }

  private void each(Filter filter, Sink<Entry> to) throws IOException {
    Instant now = clock.instant();
    if (wants(filter, false)) {
      for (Dated<Held> next : byArrival()) {
        Dispatch.Standing standing = dispatch.standing(next.what());
        Optional<State> state = Entries.state(standing);
        if (state.isPresent()
            && filter.mayMatch(state.get(), next.what().message().arrived(), now)) {
          tellIfMeant(entries.of(next.what(), state.get(), standing), filter, now, to);
        }
      }
    }
    if (wants(filter, true)) {
      eachAside(filter, now, to);
    }
  }

  private static void tellIfMeant(Entry entry, Filter filter, Instant now, Sink<Entry> to)
      throws IOException {
    if (filter.matches(entry, now)) {
      to.take(entry);
    }
  }

  private static boolean wants(Filter filter, boolean aside) {
    return filter.states().isEmpty()
        || filter.states().stream().anyMatch(state -> state.isAside() == aside);
  }

  private record Dated<T>(long millis, T what) {}

  private List<Dated<Held>> byArrival() {
    List<Held> all = dispatch.all();
    List<Dated<Held>> dated = new ArrayList<>(all.size());
    for (Held held : all) {
      dated.add(new Dated<>(held.message().arrived().toEpochMilli(), held));
    }
    dated.sort(Comparator.comparingLong(Dated::millis));
    return dated;
  }

  private void eachAside(Filter filter, Instant now, Sink<Entry> to) throws IOException {
    List<Dated<String>> names = new ArrayList<>();
    boolean[] more = {false};
    queue.eachSetAsideName((name, since) -> {
      more[0] = names.size() >= MAX_ASIDE;
      names.add(new Dated<>(since.toEpochMilli(), name));
      return !more[0];
    });
    names.sort(Comparator.comparingLong(Dated::millis));
    for (Dated<String> name : names) {
      Optional<SetAside> aside = queue.findSetAside(name.what());
      if (aside.isPresent()) {
        tellIfMeant(entries.of(aside.get()), filter, now, to);
      }
    }
    if (more[0]) {
      throw new IOException(
          "more than " + MAX_ASIDE + " files are set aside; the others are not looked at");
    }
  }

  @Override
  public Optional<Details> show(QueueId id) throws IOException {
    Optional<Held> held = dispatch.find(id);
    Optional<Entry> queued = held.flatMap(this::queued);
    if (queued.isPresent()) {
      QueuedMessage message = held.orElseThrow().message();
      return Optional.of(
          new Details(
              queued.get(),
              Entries.facts(message, "queue/" + message.batch()),
              queue.history(message, Details.MAX_HISTORY)));
    }
    Optional<SetAside> aside = queue.findSetAside(id);
    return aside.isEmpty() ? Optional.empty() : Optional.of(detailsOf(id, aside.get()));
  }

  private Details detailsOf(QueueId id, SetAside aside) throws IOException {
    List<Details.Fact> facts = new ArrayList<>();
    String file = "bad/" + aside.name();
    Optional<QueuedMessage> message = queue.readSetAside(id);
    facts.addAll(
        message
            .map(readable -> Entries.facts(readable, file))
            .orElseGet(() -> List.of(new Details.Fact("file", file))));
    facts.add(Entries.since(aside.since()));
    return new Details(entries.of(aside), facts, List.of());
  }

  /** Reads beside the worker who may have it: a client that takes long holds nobody up. */
  @Override
  public Optional<Result> write(QueueId id, Part part, OutputStream to) throws IOException {
    Optional<QueuedMessage> found = dispatch.find(id).map(Held::message);
    if (found.isEmpty()) {
      found = queue.readSetAside(id);
    }
    return found.isPresent()
        ? write(found.get(), part, to)
        : Optional.of(Result.unknown(id.text()));
  }

  private static Optional<Result> write(QueuedMessage message, Part part, OutputStream to)
      throws IOException {
    try {
      switch (part) {
        case HEADER -> to.write(message.copyOfHeader(HeaderCheck.MAX_HEADER_OCTETS + 1));
        case MESSAGE -> message.copyTo(to);
      }
      return Optional.empty();
    } catch (DamagedException e) {
      return Optional.of(
          new Result(
              message.id().text(),
              Result.Kind.FAILED,
              "damaged: " + String.valueOf(e.getMessage())));
    } catch (NoSuchFileException e) {
      return Optional.of(Result.unknown(message.id().text()));
    }
  }

  @Override
  public void act(Action action, Selection which, String by, Sink<Result> to) throws IOException {
    switch (which) {
      case Selection.Ids chosen -> {
        for (QueueId id : chosen.ids()) {
          to.take(act(action, id, by));
        }
      }
      case Selection.Matching matching ->
          each(
              matching.filter(),
              entry -> {
                if (action.fits(entry.state())) {
                  actOn(action, entry, by, to);
                }
              });
    }
  }

  private Result act(Action action, QueueId id, String by) throws IOException {
    Result result = byHand.toQueued(action, id, by);
    if (result.kind() != Result.Kind.UNKNOWN) {
      return result;
    }
    Optional<SetAside> aside = queue.findSetAside(id);
    if (aside.isEmpty()) {
      return result;
    }
    boolean held = Entries.state(aside.get()) == State.HELD;
    return byHand.toAside(action, id, aside.get().name(), held, by);
  }

  /** What has left the queue meanwhile is not told of: it does not fulfil the filter any more. */
  private void actOn(Action action, Entry entry, String by, Sink<Result> to) throws IOException {
    Optional<QueueId> id = Selection.id(entry.id());
    Result result = id.isPresent() ? act(action, id.get(), by) : byHand.dropFile(entry.id(), by);
    if (result.kind() != Result.Kind.UNKNOWN) {
      to.take(result);
    }
  }

  @Override
  public void close() throws IOException {
    closing.run();
  }
}
