package sallyport.smapd.control;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sallyport.spool.QueueId;

/** An administration of some entries in memory. */
final class FakeQueue implements Administration {
  static final QueueId ONE = QueueId.parse("0123456789abcdef-1");
  static final QueueId TWO = QueueId.parse("0123456789abcdef-2");
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  final List<Entry> entries = new ArrayList<>();
  final List<Request.Act> acts = new ArrayList<>();
  byte[] octets = {};
  Optional<IOException> trouble = Optional.empty();
  Optional<Result> notWritten = Optional.empty();

  /** A message for so many recipients that waits for its hub. */
  static Entry entry(QueueId id, String... recipients) {
    List<Entry.Recipient> to = new ArrayList<>();
    for (String recipient : recipients) {
      to.add(new Entry.Recipient(recipient, "mx.example.com:25"));
    }
    return new Entry(
        id.text(),
        State.DEFERRED,
        NOW.minusSeconds(3600),
        4711,
        3,
        Optional.of(NOW.plusSeconds(60)),
        "john@example.org",
        to,
        "421 4.3.2 Später, 100% sure");
  }

  @Override
  public int list(Selection which, Sink<Entry> to) throws IOException {
    for (Entry entry : entries) {
      to.take(entry);
    }
    fail();
    return 7;
  }

  private void fail() throws IOException {
    if (trouble.isPresent()) {
      throw trouble.get();
    }
  }

  @Override
  public Optional<Details> show(QueueId id) {
    return entries.stream()
        .filter(entry -> entry.id().equals(id.text()))
        .map(entry ->
            new Details(
                entry,
                List.of(new Details.Fact("client", "192.0.2.7"), new Details.Fact("helo", "")),
                List.of("deferred 3 times: no\nway", "")))
        .findFirst();
  }

  @Override
  public Optional<Result> write(QueueId id, Part part, OutputStream to) throws IOException {
    to.write(octets);
    fail();
    return notWritten;
  }

  @Override
  public void act(Action action, Selection which, String by, Sink<Result> to) throws IOException {
    acts.add(new Request.Act(action, by, which));
    for (Entry entry : entries) {
      to.take(Result.done(entry.id()));
    }
    fail();
  }

  @Override
  public void close() {}
}
