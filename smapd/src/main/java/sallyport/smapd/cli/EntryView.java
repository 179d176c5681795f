package sallyport.smapd.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sallyport.smapd.control.Entry;

/** A message as {@code list} and {@code show} show it. */
final class EntryView {
  /** Characters of a reason in a table. */
  private static final int REASON_WIDTH = 60;

  private final Entry entry;
  private final Desk desk;

  EntryView(Entry entry, Desk desk) {
    this.entry = entry;
    this.desk = desk;
  }

  static List<String> heads() {
    return List.of("ID", "STATE", "AGE", "SIZE", "SENDER", "RECIPIENT", "REASON");
  }

  /** For people. */
  List<String> row() {
    Duration age = Duration.between(entry.arrived(), desk.streams().clock().instant());
    return List.of(
        Shown.text(entry.id()),
        entry.state().word(),
        Shown.age(age),
        Shown.size(entry.size()),
        Shown.sender(entry.sender()),
        firstRecipient(),
        Shown.cut(Shown.text(entry.reason()), REASON_WIDTH));
  }

  private String firstRecipient() {
    int others = entry.recipients().size() - 1;
    return others < 0
        ? "-"
        : Shown.text(entry.recipients().getFirst().address()) + (others > 0 ? " +" + others : "");
  }

  /** For programs: every recipient, separated by commas. */
  String line() {
    return String.join(
        "\t",
        Shown.text(entry.id()),
        entry.state().word(),
        Shown.time(entry.arrived(), desk),
        Long.toString(entry.size()),
        Shown.sender(entry.sender()),
        Shown.text(
            String.join(",", entry.recipients().stream().map(Entry.Recipient::address).toList())),
        Shown.text(entry.reason()));
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("id", entry.id());
    object.put("state", entry.state().word());
    object.put("arrived", entry.arrived().toString());
    object.put("size", entry.size());
    object.put("tries", entry.tries());
    object.put("next", entry.next().map(Object::toString).orElse(null));
    object.put("sender", entry.sender());
    object.put("recipients", entry.recipients().stream().map(EntryView::json).toList());
    object.put("reason", entry.reason());
    return object;
  }

  private static Map<String, @Nullable Object> json(Entry.Recipient to) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("address", to.address());
    object.put("hub", to.hub().isEmpty() ? null : to.hub());
    return object;
  }
}
