package sallyport.smapd;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import sallyport.netperm.HostAndPort;
import sallyport.spool.BodyType;
import sallyport.spool.Outcome;

/**
 * Measures the hand-over alone, from memory, over kept connections: {@code HandoffLoad PORT
 * MESSAGES THREADS OCTETS}. The other side is {@code smtp-sink -c 127.0.0.1:PORT 1000} or any
 * server that takes {@code a@load.test}. Prints messages a second, and processor time a message,
 * for each of five rounds; the first ones warm up.
 */
final class HandoffLoad {

  private static final int ROUNDS = 5;

  private HandoffLoad() {}

  /** The port, how many messages a round, by how many threads, and how large. */
  public static void main(String[] args) throws InterruptedException {
    HostAndPort name = new HostAndPort("127.0.0.1", Integer.parseInt(args[0]));
    int messages = Integer.parseInt(args[1]);
    int threads = Integer.parseInt(args[2]);
    byte[] octets = message(Integer.parseInt(args[3]));
    try (Hub hub =
        new Hub(
            Destination.Hubs.of(name),
            "gateway.test",
            to -> List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), to.port())),
            HubTransport.session("gateway.test", HubTimes.DEFAULT),
            HubTimes.DEFAULT,
            TestHub.DEADLINES,
            TestHub.LOG)) {
      for (int round = 1; round <= ROUNDS; round++) {
        Duration before = processorTime();
        Duration took = round(hub, messages, threads, octets);
        System.out.printf(
            "round %d: %,d messages/s, %,d us of processor time a message%n",
            round,
            messages * 1_000L / Math.max(1, took.toMillis()),
            processorTime().minus(before).toNanos() / 1_000 / messages);
      }
    }
  }

  /** Unlike the rate it tells something on a machine that does other work as well. */
  private static Duration processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static byte[] message(int octets) {
    String line = "x".repeat(70) + "\r\n";
    return ("Subject: load\r\n\r\n" + line.repeat(octets / line.length()))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static Duration round(Hub hub, int messages, int threads, byte[] octets)
      throws InterruptedException {
    AtomicInteger left = new AtomicInteger(messages);
    AtomicLong failures = new AtomicLong();
    CountDownLatch done = new CountDownLatch(threads);
    long start = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      Thread.ofPlatform()
          .start(() -> {
            while (left.getAndDecrement() > 0) {
              if (!isDelivered(hub.deliver(handover(octets)))) {
                failures.incrementAndGet();
              }
            }
            done.countDown();
          });
    }
    done.await();
    if (failures.get() > 0) {
      throw new IllegalStateException(failures + " messages were not taken");
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static Handover handover(byte[] octets) {
    return new Handover(
        "s@load.test",
        List.of("a@load.test"),
        BodyType.SEVEN_BIT,
        octets.length,
        out -> out.write(octets));
  }

  private static boolean isDelivered(Handover.Result result) {
    return result instanceof Handover.Result.Answered answered
        && answered.outcomes().values().iterator().next() instanceof Outcome.Delivered;
  }
}
