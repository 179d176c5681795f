package sallyport.smapd.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.daemon.EventLog;
import sallyport.daemon.UnixListener;

/** Client and door over a real socket. */
@Timeout(60)
class ControlTest {
  private static final Selection ALL = new Selection.Matching(Filter.ALL);
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final FakeQueue queue = new FakeQueue();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final EventLog log = EventLog.to(logged, false);
  private Path socket;
  private ControlDoor door;

  @BeforeEach
  void open() throws Exception {
    socket = folder.resolve(ControlDoor.SOCKET);
    UnixListener listener = UnixListener.bindForOwner(socket, Optional.empty());
    ControlDoor.rehearse(listener);
    door = new ControlDoor(listener, listener.owner(), queue, log);
    door.open();
  }

  @AfterEach
  void close() {
    door.close();
    log.close();
  }

  private ControlClient client() throws IOException {
    return ControlClient.connect(socket, SOON);
  }

  @Test
  void theSocketIsForItsOwnerAlone() throws Exception {
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(socket, LinkOption.NOFOLLOW_LINKS)));
  }

  @Test
  void aListArrivesAsItWasSent() throws Exception {
    queue.entries.add(FakeQueue.entry(FakeQueue.ONE, "mary@example.com", "paul@example.net"));
    queue.entries.add(
        new Entry(
            "0123456789abcdef-2.batch",
            State.DAMAGED,
            FakeQueue.NOW,
            0,
            0,
            Optional.empty(),
            "",
            List.of(),
            ""));
    List<Entry> seen = new ArrayList<>();

    try (ControlClient client = client()) {
      assertEquals(7, client.list(ALL, seen::add));
    }

    assertEquals(queue.entries, seen);
  }

  @Test
  void theMostRecipientsWithTheLongestAddressesArrive() throws Exception {
    String longest = "a".repeat(500) + "@example.com";
    Entry entry =
        FakeQueue.entry(FakeQueue.ONE, Collections.nCopies(2000, longest).toArray(String[]::new));
    queue.entries.add(entry);
    List<Entry> seen = new ArrayList<>();

    try (ControlClient client = client()) {
      client.list(ALL, seen::add);
    }

    assertEquals(List.of(entry), seen);
  }

  @Test
  void detailsArriveAsTheyWereSent() throws Exception {
    queue.entries.add(FakeQueue.entry(FakeQueue.ONE, "mary@example.com"));

    try (ControlClient client = client()) {
      assertEquals(queue.show(FakeQueue.ONE), client.show(FakeQueue.ONE));
      assertEquals(Optional.empty(), client.show(FakeQueue.TWO));
    }
  }

  @Test
  void everyOctetArrives() throws Exception {
    queue.octets = new byte[300_001];
    new Random(4).nextBytes(queue.octets);
    ByteArrayOutputStream read = new ByteArrayOutputStream();

    try (ControlClient client = client()) {
      assertEquals(Optional.empty(), client.write(FakeQueue.ONE, Part.MESSAGE, read));
    }

    assertArrayEquals(queue.octets, read.toByteArray());
  }

  @Test
  void aMessageThatIsNotWholeIsToldSo() throws Exception {
    queue.octets = new byte[] {1, 2, 3};
    queue.notWritten =
        Optional.of(
            new Result(FakeQueue.ONE.text(), Result.Kind.FAILED, "the checksum does not hold"));

    try (ControlClient client = client()) {
      assertEquals(
          queue.notWritten, client.write(FakeQueue.ONE, Part.MESSAGE, new ByteArrayOutputStream()));
    }
  }

  @Test
  void actionsAndTheirResultsArrive() throws Exception {
    queue.entries.add(FakeQueue.entry(FakeQueue.ONE, "mary@example.com"));
    List<Result> results = new ArrayList<>();

    try (ControlClient client = client()) {
      client.act(Action.HOLD, ALL, "root (john)", results::add);
      client.act(Action.REMOVE, ALL, "root (john)", results::add);
    }

    assertEquals(
        List.of(Result.done(FakeQueue.ONE.text()), Result.done(FakeQueue.ONE.text())), results);
    assertEquals(
        List.of(
            new Request.Act(Action.HOLD, "root (john)", ALL),
            new Request.Act(Action.REMOVE, "root (john)", ALL)),
        queue.acts);
  }

  @Test
  void aBrokenDiskEndsTheAnswerAndNotTheSession() throws Exception {
    queue.trouble = Optional.of(new IOException("no space left"));
    queue.entries.add(FakeQueue.entry(FakeQueue.ONE, "mary@example.com"));

    try (ControlClient client = client()) {
      IOException told = assertThrows(IOException.class, () -> client.list(ALL, _ -> {}));
      assertEquals("no space left", told.getMessage());
      queue.trouble = Optional.empty();
      assertEquals(7, client.list(ALL, _ -> {}));
    }
  }

  @Test
  void whereNobodyListensNobodyIsReached() throws Exception {
    door.close();

    IOException refused = assertThrows(IOException.class, this::client);
    for (int i = 0; i < 100 && !(refused instanceof ConnectException); i++) {
      // The JDK lets a listener go a moment after it was closed.
      Thread.sleep(20);
      refused = assertThrows(IOException.class, this::client);
    }
    assertInstanceOf(ConnectException.class, refused);
    assertThrows(
        ConnectException.class, () -> ControlClient.connect(folder.resolve("nothing"), SOON));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "list", "list all", "show 0123456789abcdef-1\nlist a"})
  void aClientThatGoesAtAnyStepHoldsNothingUp(String sent) throws Exception {
    for (int i = 0; i < 3 * ControlDoor.MAX_SESSIONS; i++) {
      try (SocketChannel hostile = connected()) {
        hostile.write(ByteBuffer.wrap(sent.getBytes(US_ASCII)));
      }
    }

    theDoorStillAnswers();
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage\n", "\n", "\u0000\u0001\n", "list all\r\n"})
  void garbageEndsTheSessionWithOneWord(String sent) throws Exception {
    try (SocketChannel hostile = connected()) {
      hostile.write(ByteBuffer.wrap(sent.getBytes(US_ASCII)));

      assertEquals("smapd 1\nwrong\n", all(hostile));
    }
    theDoorStillAnswers();
  }

  @Test
  void anEndlessLineEndsTheSession() throws Exception {
    try (SocketChannel hostile = connected()) {
      ByteBuffer endless = ByteBuffer.allocate(1 << 20);
      assertThrows(
          IOException.class,
          () -> {
            while (endless.hasRemaining()) {
              hostile.write(endless);
            }
            all(hostile);
          });
    }
    theDoorStillAnswers();
  }

  @Test
  void whoTakesNothingKeepsNobodyElseOut() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      queue.entries.add(FakeQueue.entry(FakeQueue.ONE, "mary@example.com"));
    }
    List<SocketChannel> hostile = new ArrayList<>();
    try {
      for (int i = 0; i < ControlDoor.MAX_SESSIONS - 1; i++) {
        SocketChannel channel = connected();
        channel.write(ByteBuffer.wrap("list all\n".getBytes(US_ASCII)));
        hostile.add(channel);
      }
      theDoorStillAnswers();
    } finally {
      for (SocketChannel channel : hostile) {
        channel.close();
      }
    }
  }

  @Test
  void whoComesWhenAllSessionsAreTakenIsToldSo() throws Exception {
    List<SocketChannel> idle = new ArrayList<>();
    try {
      for (int i = 0; i < ControlDoor.MAX_SESSIONS; i++) {
        SocketChannel channel = connected();
        channel.read(ByteBuffer.allocate(100));
        idle.add(channel);
      }
      ProtocolException busy = assertThrows(ProtocolException.class, this::client);
      assertTrue(String.valueOf(busy.getMessage()).contains("too many"), busy::toString);
      idle.removeFirst().close();
      theDoorStillAnswers();
    } finally {
      for (SocketChannel channel : idle) {
        channel.close();
      }
    }
  }

  @Test
  void anotherAccountGetsNoOctet() throws Exception {
    door.close();
    Files.delete(socket); // The kernel lets the one before go when its thread has left accept().
    UnixListener listener = UnixListener.bindForOwner(socket, Optional.empty());
    UserPrincipal other =
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    door = new ControlDoor(listener, other, queue, log);
    door.open();

    try (SocketChannel stranger = connected()) {
      assertEquals("", all(stranger));
    }
    log.flush(SOON);
    assertTrue(logged.toString(US_ASCII).contains("wrong-peer"), logged::toString);
  }

  private void theDoorStillAnswers() throws Exception {
    long end = System.nanoTime() + SOON.toNanos();
    while (true) {
      try (ControlClient client = client()) {
        client.act(Action.RETRY, ALL, "", _ -> {});
        return;
      } catch (ProtocolException e) {
        // The sessions before may not be over yet.
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  private SocketChannel connected() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  private static String all(SocketChannel channel) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(1000);
    while (channel.read(read) >= 0) {
      // Until the other side closes.
    }
    return new String(read.array(), 0, read.position(), US_ASCII);
  }
}
