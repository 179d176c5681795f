package sallyport.smapd.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import sallyport.daemon.Usage;
import sallyport.smapd.control.AddressPattern;
import sallyport.smapd.control.Filter;
import sallyport.smapd.control.State;

/** The options that choose messages. */
final class FilterOptions {
  @Option(
      names = "--state",
      paramLabel = "STATE",
      split = ",",
      converter = StateReader.class,
      description = {
        "active, ready, deferred, hub-down, held, set-aside or",
        "damaged; several with commas between."
      })
  private List<State> states = List.of();

  @Option(
      names = "--sender",
      paramLabel = "ADDRESS",
      converter = AddressReader.class,
      description = "From this sender; * and ? stand for any, <> for none.")
  private @Nullable AddressPattern sender;

  @Option(
      names = "--recipient",
      paramLabel = "ADDRESS",
      converter = AddressReader.class,
      description = "With such a recipient who has not got it yet.")
  private @Nullable AddressPattern recipient;

  @Option(
      names = "--domain",
      paramLabel = "DOMAIN",
      description = "With a recipient in this domain; *.DOMAIN for those below.")
  private @Nullable String domain;

  @Option(
      names = "--age",
      paramLabel = "AGE",
      converter = Ages.Reader.class,
      description = {"At least so old: 4h; 0-4h at most; 1h-2d between.", "Units s, m, h, d, w."})
  private @Nullable Ages age;

  @Option(
      names = "--hub",
      paramLabel = "HOST",
      description = "That go to this hub, with or without its port.")
  private @Nullable String hub;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "With this text in the reason why they wait.")
  private @Nullable String reason;

  /** Reads a state. */
  static final class StateReader implements ITypeConverter<State> {
    @Override
    public State convert(String typed) {
      return State.of(typed)
          .orElseThrow(() ->
              Usage.expected(
                  typed,
                  String.join(", ", List.of(State.values()).stream().map(State::word).toList())));
    }
  }

  /** Reads a pattern. */
  static final class AddressReader implements ITypeConverter<AddressPattern> {
    @Override
    public AddressPattern convert(String typed) {
      try {
        return new AddressPattern(typed);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  boolean isEmpty() {
    return states.isEmpty()
        && sender == null
        && recipient == null
        && domain == null
        && age == null
        && hub == null
        && reason == null;
  }

  /** What was chosen; everything if nothing was. */
  Filter filter() throws sallyport.daemon.StartupException {
    Optional<Ages> ages = Optional.ofNullable(age);
    try {
      return new Filter(
          Set.copyOf(states),
          Optional.ofNullable(sender),
          Optional.ofNullable(recipient),
          Optional.ofNullable(domain),
          ages.flatMap(Ages::least),
          ages.flatMap(Ages::most),
          Optional.ofNullable(hub),
          Optional.ofNullable(reason));
    } catch (IllegalArgumentException e) {
      throw Desk.wrong(String.valueOf(e.getMessage()));
    }
  }
}
