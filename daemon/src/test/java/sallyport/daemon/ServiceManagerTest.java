package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service manager hears of a daemon. */
class ServiceManagerTest {
  @TempDir static Path folder;
  private static String classPath;

  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

  @BeforeAll
  static void packClasses() throws IOException {
    classPath = TestJars.classPath(folder);
  }

  private static String abstractName() {
    return "@sallyport-test/" + ProcessHandle.current().pid() + "/" + System.nanoTime();
  }

  @Test
  void daemonInItsJailSaysWhenItServesThatItLivesAndWhenItEnds() throws Throwable {
    Root.needed();
    Path jail = Files.createTempDirectory(folder, "jail").toRealPath();
    Files.setPosixFilePermissions(jail, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path table = Files.createTempFile(folder, "table", "");
    Files.writeString(
        table,
        """
        *: hostname gate
        *: directory %s
        test: mode quiet
        test: userid 61001
        test: groupid 61002
        test: listen 127.0.0.1:0
        """
            .formatted(jail));
    String name = folder.resolve("notify").toString();
    Map<String, String> environment = Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "300000");
    try (ManagerSocket manager = new ManagerSocket(name);
        Child child = Child.startIn(environment, classPath, "-t", table.toString())) {
      assertThat(manager.next()).isEqualTo("READY=1 STATUS=serving");
      assertThat(child.events()).contains("confined");
      assertThat(manager.next()).isEqualTo("WATCHDOG=1");
      assertThat(manager.next()).isEqualTo("WATCHDOG=1");
      child.terminate();
      String last = manager.next();
      while (last.equals("WATCHDOG=1")) {
        last = manager.next();
      }
      assertThat(last).isEqualTo("STOPPING=1 STATUS=draining for 30 s at most");
      assertThat(child.exitCode()).isZero();
    }
  }

  @Test
  void abstractNameIsAnAddressToo() throws Throwable {
    try (ManagerSocket manager = new ManagerSocket(abstractName());
        EventLog log = EventLog.to(lines, false);
        ServiceManager told = ServiceManager.of(Map.of("NOTIFY_SOCKET", manager.name()), log)) {
      told.stopping(Duration.ofSeconds(30));
      assertThat(manager.next()).startsWith("STOPPING=1");
    }
  }

  @Test
  void ailingServiceIsNotSaidToBeAlive() throws Throwable {
    AtomicReference<Optional<String>> ailing = new AtomicReference<>(Optional.of("accept-25"));
    try (ManagerSocket manager = new ManagerSocket(abstractName());
        EventLog log = EventLog.to(lines, false)) {
      Map<String, String> environment =
          Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "60000");
      try (ServiceManager told = ServiceManager.of(environment, log)) {
        told.serving(ailing::get);
        assertThat(manager.next()).startsWith("READY=1");
        while (!said(log).contains("not well")) {
          Thread.sleep(10);
        }
        told.stopping(Duration.ZERO);
        assertThat(manager.next()).startsWith("STOPPING=1");
        assertThat(said(log)).containsOnlyOnce("trouble what=\"not well\" part=accept-25");
        ailing.set(Optional.empty());
        assertThat(manager.next()).isEqualTo("WATCHDOG=1");
      }
    }
  }

  @Test
  void managerThatCannotBeReachedIsSaidAndKeepsNobodyFromStart() throws IOException {
    for (String wrong : new String[] {"/nonexistent/notify", "vsock:2:1", "@" + "x".repeat(200)}) {
      try (EventLog log = EventLog.to(lines, false);
          ServiceManager told = ServiceManager.of(Map.of("NOTIFY_SOCKET", wrong), log)) {
        told.stopping(Duration.ZERO);
        assertThat(said(log)).contains("trouble what=\"service manager\"");
      }
    }
  }

  @Test
  void watchdogOfAnotherProcessIsNotOurs() throws Throwable {
    AtomicReference<Boolean> asked = new AtomicReference<>(false);
    Map<String, String> environment = Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1");
    try (EventLog log = EventLog.to(lines, false);
        ServiceManager told = ServiceManager.of(environment, log)) {
      told.serving(() -> {
        asked.set(true);
        return Optional.empty();
      });
      Thread.sleep(100);
      assertThat(asked.get()).isFalse();
    }
  }

  private String said(EventLog log) {
    log.flush(Duration.ofSeconds(10));
    return lines.toString();
  }
}
