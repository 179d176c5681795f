package sallyport.daemon;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A name server on loopback, UDP only, that answers from lists of records in zone file form. */
final class NameServer implements AutoCloseable {
  private static final int MAX_OCTETS = 1232;

  final AtomicInteger queries = new AtomicInteger();
  private final Map<String, List<String>> answers = new ConcurrentHashMap<>();
  private final DatagramSocket socket;
  private volatile int code = -1;
  private volatile boolean silent;

  NameServer() throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    Thread.ofPlatform().daemon(true).start(this::serve);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** Answers a question, {@code NAME TYPE}, with records {@code NAME TYPE DATA}. */
  NameServer knows(String question, String... records) {
    answers.put(question, List.of(records));
    return this;
  }

  NameServer alwaysAnswers(int rcode) {
    code = rcode;
    return this;
  }

  NameServer isSilent() {
    silent = true;
    return this;
  }

  private void serve() {
    byte[] buffer = new byte[1500];
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    try {
      while (true) {
        packet.setLength(buffer.length);
        socket.receive(packet);
        queries.incrementAndGet();
        if (!silent) {
          byte[] reply =
              reply(new Message(Arrays.copyOf(buffer, packet.getLength()))).toWire(MAX_OCTETS);
          socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private Message reply(Message query) throws IOException {
    Record question = query.getQuestion();
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.addRecord(question, Section.QUESTION);
    String key = question.getName().toString(true) + " " + Type.string(question.getType());
    List<String> records = answers.get(key);
    int rcode = records == null ? Rcode.NXDOMAIN : Rcode.NOERROR;
    reply.getHeader().setRcode(code >= 0 ? code : rcode);
    for (String record : records == null ? List.<String>of() : records) {
      String[] parts = record.split(" ", 3);
      Name name = Name.fromString(parts[0], Name.root);
      reply.addRecord(
          Record.fromString(name, Type.value(parts[1]), DClass.IN, 60, parts[2], Name.root),
          Section.ANSWER);
    }
    return reply;
  }

  @Override
  public void close() {
    socket.close();
  }
}
