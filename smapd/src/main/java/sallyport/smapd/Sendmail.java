package sallyport.smapd;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sallyport.spool.Outcome;

/**
 * A program of this host that takes our mail as sendmail does: {@code PATH -i -f SENDER --
 * RECIPIENT...}, started without a shell, the message on its standard input with LF line ends, as
 * programs of this kind expect. What became of the message is said by the exit code (sysexits.h),
 * for all recipients alike:
 *
 * <ul>
 *   <li>0: delivered;
 *   <li>65 (data), 67 (no such user), 68 (no such host): failed, for they speak of this message;
 *   <li>all others, and a program that is killed or takes too long: deferred, for they speak of
 *       this host, and a slip in its set-up must not bounce what comes meanwhile. A program that
 *       cannot be started is a hub that is down.
 * </ul>
 *
 * <p>The program has no environment but {@link #PATH}, {@code LANG=C} and our {@code TZ}, and the
 * working folder {@code /}. Both of its outputs are kept as the reply, up to {@link
 * HubReply#MAX_TEXT} characters. It and what it has started are killed when the time is up or it
 * says more than {@link #MOST_OUTPUT}.
 *
 * <p>Message and output are in temporary files that have no name any more once the program runs: so
 * it sees a whole message that was checked to its end, and cannot make us wait by not reading or by
 * leaving a child behind that holds a pipe.
 *
 * <p>Safe for all threads; {@link #deliver} blocks.
 */
final class Sendmail implements Agent {

  /** Where the program finds others. */
  static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

  /** More octets on its outputs than these, and the program is killed. */
  static final long MOST_OUTPUT = 1_000_000;

  private static final int LOOK_MILLIS = 100;
  private static final int BUFFER = 16_384;
  private static final String NULL_SENDER = "<>";
  private static final Pattern DOMAIN_LITERAL = Pattern.compile("@\\[[A-Za-z0-9:.-]*\\]$");

  private final Destination.Program name;
  private final HubTimes times;
  private final Set<Process> running = new HashSet<>();
  private boolean cut;

  /** Starts nothing yet. */
  Sendmail(Destination.Program name, HubTimes times) {
    this.name = name;
    this.times = times;
  }

  @Override
  public Destination.Program name() {
    return name;
  }

  @Override
  public Handover.Result deliver(Handover handover, Handover.Behind behind) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    boolean sendable = handover.sender().isEmpty() || isOneAddress(handover.sender());
    for (String recipient : handover.recipients()) {
      if (!sendable) {
        outcomes.put(recipient, new Outcome.Failed("5.1.7 the sender is several addresses"));
      } else if (!isOneAddress(recipient)) {
        outcomes.put(recipient, new Outcome.Failed("5.1.3 this is several addresses"));
      }
    }
    List<String> others =
        handover.recipients().stream().filter(to -> !outcomes.containsKey(to)).toList();
    Handover.Result result = others.isEmpty() ? answered(Map.of()) : deliver(handover, others);
    if (result instanceof Handover.Result.Answered answered) {
      outcomes.putAll(answered.outcomes());
      return answered(outcomes);
    }
    return result;
  }

  /**
   * Such programs read an address as if it stood in a header, where a comma or a comment could make
   * two or another of what SMTP took for one.
   */
  private static boolean isOneAddress(String path) {
    String name = DOMAIN_LITERAL.matcher(path).replaceFirst("");
    boolean quoted = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!quoted && "(),:;<>[]\\".indexOf(c) >= 0) {
        return false;
      }
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      }
    }
    return true;
  }

  private Handover.Result deliver(Handover handover, List<String> recipients) {
    try (Papers papers = Papers.blank()) {
      Checked message = new Checked(papers.message());
      try (message) {
        handover.octets().writeTo(message);
        message.finish();
      } catch (IOException e) {
        if (!message.failed()) {
          return new Handover.Result.Unreadable(e);
        }
        throw e;
      }
      Process process = start(arguments(handover.sender(), recipients), papers);
      try {
        papers.dropNames();
        Outcome outcome = outcome(process, papers, times.forProgram(handover.size()));
        return answered(recipients.stream().collect(Collectors.toMap(to -> to, _ -> outcome)));
      } finally {
        end(process);
      }
    } catch (IOException e) {
      return new Handover.Result.Unreachable(HubReply.clean(name + ": " + e.getMessage()));
    }
  }

  private List<String> arguments(String sender, List<String> recipients) {
    List<String> arguments = new ArrayList<>();
    arguments.add(name.path().toString());
    arguments.add("-i");
    arguments.add("-f");
    arguments.add(sender.isEmpty() ? NULL_SENDER : sender);
    arguments.add("--");
    arguments.addAll(recipients);
    return arguments;
  }

  private Process start(List<String> arguments, Papers papers) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(arguments).directory(new File("/"));
    builder.redirectInput(papers.input().toFile());
    builder.redirectErrorStream(true).redirectOutput(Redirect.appendTo(papers.output().toFile()));
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(Set.of("TZ"));
    environment.put("PATH", PATH);
    environment.put("LANG", "C");
    synchronized (this) {
      if (cut) {
        throw new IOException("smapd is stopping");
      }
      Process process = builder.start();
      running.add(process);
      return process;
    }
  }

  @SuppressWarnings("Interruption") // An interrupt ends the wait early and is kept.
  private static Outcome outcome(Process process, Papers papers, Duration bound)
      throws IOException {
    long end = System.nanoTime() + bound.toNanos();
    try {
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (papers.said() > MOST_OUTPUT) {
          return new Outcome.Deferred("4.3.5 the program says too much: " + papers.reply());
        }
        if (System.nanoTime() - end > 0) {
          return new Outcome.Deferred("4.3.0 the program took too long: " + papers.reply());
        }
      }
      return outcome(process.exitValue(), papers.reply());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Deferred("4.3.2 interrupted");
    }
  }

  /** What an exit code means; the first word is the status of RFC 3463. */
  static Outcome outcome(int exit, String said) {
    String reply = ("exit " + exit + " " + said).strip();
    return switch (exit) {
      case 0 -> new Outcome.Delivered("2.0.0 " + reply);
      case 65 -> new Outcome.Failed("5.6.0 " + reply);
      case 67 -> new Outcome.Failed("5.1.1 " + reply);
      case 68 -> new Outcome.Failed("5.1.2 " + reply);
      case 64, 78 -> new Outcome.Deferred("4.3.5 " + reply);
      default -> new Outcome.Deferred("4.3.0 " + reply);
    };
  }

  private Handover.Result answered(Map<String, Outcome> outcomes) {
    return new Handover.Result.Answered(new Handover.Peer("", name.toString()), outcomes);
  }

  private void end(Process process) {
    kill(process);
    synchronized (this) {
      running.remove(process);
    }
  }

  /** A program that has ended keeps what it may have left to work on behind it. */
  private static void kill(Process process) {
    if (process.isAlive()) {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Override
  public void closeIdle() {}

  @Override
  public void close() {}

  @Override
  public void cut() {
    List<Process> all;
    synchronized (this) {
      cut = true;
      all = List.copyOf(running);
    }
    all.forEach(Sendmail::kill);
  }

  /** The files that the program reads from and writes to. */
  private record Papers(Path input, OutputStream message, Path output, FileChannel reader)
      implements AutoCloseable {

    static Papers blank() throws IOException {
      Path input = Files.createTempFile("smapd", ".eml");
      Path output = Files.createTempFile("smapd", ".out");
      return new Papers(
          input,
          new LocalLineEnds(new BufferedOutputStream(Files.newOutputStream(input), BUFFER)),
          output,
          FileChannel.open(output, StandardOpenOption.READ));
    }

    void dropNames() throws IOException {
      Files.deleteIfExists(input);
      Files.deleteIfExists(output);
    }

    long said() throws IOException {
      return reader.size();
    }

    String reply() throws IOException {
      ByteBuffer octets = ByteBuffer.allocate(HubReply.MAX_TEXT);
      while (octets.hasRemaining() && reader.read(octets, octets.position()) >= 0) {}
      return HubReply.clean(
          new String(octets.array(), 0, octets.position(), StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
      try (reader) {
        dropNames();
      }
    }
  }
}
