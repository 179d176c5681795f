package sallyport.system;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a hub took, by queue id, without the octets; and what was not as {@link Load} sent it. */
final class CountingHub implements Consumer<RecordingHub.Taken> {
  private static final Pattern QUEUE_ID =
      Pattern.compile("Sallyport smap\\).* id ([0-9a-f]{16}-[0-9a-f]{1,16})", Pattern.DOTALL);

  private final Map<String, AtomicInteger> times = new ConcurrentHashMap<>();
  private final List<String> broken = new CopyOnWriteArrayList<>();

  @Override
  public void accept(RecordingHub.Taken taken) {
    String text = taken.text();
    int headerEnd = text.indexOf("\r\n\r\n");
    Matcher id = QUEUE_ID.matcher(text.substring(0, Math.min(1500, text.length())));
    if (headerEnd < 0 || !id.find()) {
      broken.add("no header or no queue id: " + text.lines().limit(5).toList());
      return;
    }
    times.computeIfAbsent(id.group(1), name -> new AtomicInteger()).incrementAndGet();
    if (taken.from().equals(Load.SENDER) && !Load.isWhole(text)) {
      broken.add(id.group(1) + " of " + text.length() + " octets");
    }
  }

  Set<String> ids() {
    return times.keySet();
  }

  /** Arrivals beyond the first of each message. */
  int twice() {
    return times.values().stream().mapToInt(count -> count.get() - 1).sum();
  }

  List<String> broken() {
    return broken;
  }
}
