package sallyport.smapd;

import java.time.Duration;

/**
 * How long a hub may take. Each bound is for a whole exchange, not for one read.
 *
 * @param connect for the connection to be established
 * @param command for one command and its whole reply; also for the greeting
 * @param end for the reply to the final dot
 * @param octetsPerSecond the slowest rate at which a hub may take a message, beyond {@code command}
 */
record HubTimes(Duration connect, Duration command, Duration end, int octetsPerSecond) {

  /** How long QUIT may take to be written; its reply is not awaited. */
  static final Duration QUIT = Duration.ofSeconds(2);

  /** RFC 5321, 4.5.3.2: 5 minutes a command, 10 minutes for the final dot. */
  static final HubTimes DEFAULT =
      new HubTimes(Duration.ofSeconds(30), Duration.ofSeconds(300), Duration.ofSeconds(600), 4_000);

  /** The bound for a message of {@code octets} to be taken, up to the final dot. */
  Duration forData(long octets) {
    return command.plusSeconds(octets / octetsPerSecond);
  }

  /** The bound for a program of this host that takes a message of {@code octets}. */
  Duration forProgram(long octets) {
    return forData(octets).plus(end);
  }
}
