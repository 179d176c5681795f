package sallyport.smapd.control;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A message as a list shows it.
 *
 * @param id its queue id
 * @param arrived when the gateway took it; for a damaged file, when it was last changed
 * @param size octets of header and body
 * @param tries attempts so far
 * @param next when it is tried again; empty if that is not known or not to happen
 * @param sender empty for the null sender
 * @param recipients those that are not final
 * @param reason why it waits, as far as that is known; else empty
 */
public record Entry(
    String id,
    State state,
    Instant arrived,
    long size,
    int tries,
    Optional<Instant> next,
    String sender,
    List<Recipient> recipients,
    String reason) {

  /** Copies the list. */
  public Entry {
    recipients = List.copyOf(recipients);
  }

  /**
   * A recipient that waits.
   *
   * @param hub where its mail goes, as the log shows it; empty if nothing carries it
   */
  public record Recipient(String address, String hub) {

    /** The domain in lower case; empty without one. */
    public String domain() {
      return domainOf(address);
    }
  }

  /** What stands behind the last {@code @}, in lower case; empty without one. */
  public static String domainOf(String address) {
    return address.substring(address.lastIndexOf('@') + 1).equals(address)
        ? ""
        : address.substring(address.lastIndexOf('@') + 1).toLowerCase(java.util.Locale.ROOT);
  }

  /** The reply's lines: one for the message, one a recipient. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(recipients.size() + 1);
    lines.add(
        String.join(
            " ",
            "entry",
            Words.escape(id),
            state.word(),
            arrived.toString(),
            Long.toString(size),
            Integer.toString(tries),
            next.map(Instant::toString).orElse(""),
            Words.escape(sender),
            Integer.toString(recipients.size()),
            Words.escape(reason)));
    for (Recipient to : recipients) {
      lines.add("to " + Words.escape(to.address()) + " " + Words.escape(to.hub()));
    }
    return lines;
  }

  /** An entry whose recipients are still to come. */
  record Head(Entry entry, int recipients) {
    /** Reads the first line. */
    static Optional<Head> parse(String line) {
      return Words.of(line, "entry", 9).flatMap(Head::of);
    }

    private static Optional<Head> of(List<String> words) {
      Optional<State> state = State.of(words.get(1));
      if (state.isEmpty()) {
        return Optional.empty();
      }
      try {
        String next = words.get(5);
        Entry entry =
            new Entry(
                words.get(0),
                state.get(),
                Instant.parse(words.get(2)),
                Long.parseLong(words.get(3)),
                Integer.parseInt(words.get(4)),
                next.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(next)),
                words.get(6),
                List.of(),
                words.get(8));
        return Optional.of(new Head(entry, Integer.parseInt(words.get(7))));
      } catch (DateTimeException | NumberFormatException e) {
        return Optional.empty();
      }
    }

    Entry with(List<Recipient> all) {
      return new Entry(
          entry.id,
          entry.state,
          entry.arrived,
          entry.size,
          entry.tries,
          entry.next,
          entry.sender,
          all,
          entry.reason);
    }
  }

  /** Reads a recipient's line. */
  static Optional<Recipient> recipient(String line) {
    return Words.of(line, "to", 2).map(words -> new Recipient(words.get(0), words.get(1)));
  }
}
