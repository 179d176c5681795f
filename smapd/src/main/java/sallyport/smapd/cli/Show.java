package sallyport.smapd.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.daemon.Columns;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Json;
import sallyport.daemon.StartupException;
import sallyport.smapd.control.Administration;
import sallyport.smapd.control.Details;
import sallyport.smapd.control.Entry;
import sallyport.smapd.control.Part;
import sallyport.smapd.control.Result;
import sallyport.spool.QueueId;

/** {@code smapq show}. */
@Command(
    name = "show",
    header = "Shows a message: envelope, history, and what is asked for.",
    sortOptions = false)
final class Show implements Callable<Integer> {
  private final Desk desk;

  @Parameters(paramLabel = "ID", description = "Its queue id.")
  private String id = "";

  @Option(names = "--header", description = "Its header, too.")
  private boolean header;

  @Option(names = "--body", description = "Header and body, too.")
  private boolean body;

  @Option(names = "--json", description = "Answer with a JSON object.")
  private boolean json;

  Show(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, IOException {
    QueueId wanted = Targets.id(id);
    if (json && body) {
      throw Desk.wrong("--json has no body: export it");
    }
    try (Administration queue = desk.open()) {
      Optional<Details> details = queue.show(wanted);
      if (details.isEmpty()) {
        return desk.no(id + ": no such message");
      }
      if (json) {
        return showJson(details.get(), queue, wanted);
      }
      for (String line : report(details.get())) {
        desk.say(line);
      }
      return header || body ? showOctets(queue, wanted) : ExitCode.OK.number();
    }
  }

  private List<String> report(Details details) {
    Entry entry = details.entry();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("Id:", Shown.text(entry.id())));
    rows.add(List.of("State:", state(entry)));
    Duration age = Duration.between(entry.arrived(), desk.streams().clock().instant());
    rows.add(
        List.of("Arrived:", Shown.time(entry.arrived(), desk) + " (" + Shown.age(age) + " ago)"));
    rows.add(List.of("Size:", entry.size() + " octets"));
    rows.add(List.of("Sender:", Shown.sender(entry.sender())));
    for (Entry.Recipient to : entry.recipients()) {
      String hub = to.hub().isEmpty() ? "nothing carries it" : "by " + Shown.text(to.hub());
      rows.add(List.of("Recipient:", Shown.text(to.address()) + " " + hub));
    }
    rows.add(List.of("Reason:", Shown.text(entry.reason())));
    for (Details.Fact fact : details.facts()) {
      String name = fact.name().substring(0, 1).toUpperCase(java.util.Locale.ROOT);
      rows.add(
          List.of(name + Shown.text(fact.name()).substring(1) + ":", Shown.text(fact.value())));
    }
    List<String> lines = new ArrayList<>(Columns.of(rows, true, ""));
    if (!details.history().isEmpty()) {
      lines.add("History:");
      details.history().forEach(line -> lines.add("  " + Shown.text(line)));
    }
    return lines;
  }

  private String state(Entry entry) {
    String tries = entry.tries() == 0 ? "" : ", tried " + entry.tries() + " times";
    String next = entry.next().map(time -> ", next at " + Shown.time(time, desk)).orElse("");
    return entry.state().word() + tries + next;
  }

  private int showOctets(Administration queue, QueueId wanted) throws IOException {
    desk.say("");
    desk.streams().out().flush();
    OutputStream octets = desk.streams().octets();
    OutputStream to = desk.onTerminal() ? new CleanText(octets) : octets;
    Optional<Result> trouble = queue.write(wanted, body ? Part.MESSAGE : Part.HEADER, to);
    to.flush();
    return trouble.isEmpty() ? ExitCode.OK.number() : Outcomes.told(desk, trouble.get());
  }

  private int showJson(Details details, Administration queue, QueueId wanted) throws IOException {
    Map<String, @Nullable Object> object = new EntryView(details.entry(), desk).json();
    Map<String, Object> facts = new LinkedHashMap<>();
    details.facts().forEach(fact -> facts.put(fact.name(), fact.value()));
    object.put("facts", facts);
    object.put("history", details.history());
    Optional<Result> trouble = Optional.empty();
    if (header) {
      ByteArrayOutputStream octets = new ByteArrayOutputStream();
      trouble = queue.write(wanted, Part.HEADER, octets);
      object.put("header", octets.toString(StandardCharsets.ISO_8859_1));
    }
    desk.say(Json.of(object));
    return trouble.isEmpty() ? ExitCode.OK.number() : Outcomes.told(desk, trouble.get());
  }
}
