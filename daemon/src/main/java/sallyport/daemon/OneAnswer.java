package sallyport.daemon;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A name server on loopback that knows one name, so that a look-up can be rehearsed without asking
 * anyone. Its thread ends when its socket is closed.
 */
final class OneAnswer implements AutoCloseable {
  private static final int MAX_OCTETS = 512;
  private static final int TTL = 1;

  private final DatagramSocket socket;

  private OneAnswer(DatagramSocket socket) {
    this.socket = socket;
  }

  static OneAnswer start() throws IOException {
    OneAnswer answer =
        new OneAnswer(
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    Thread.ofPlatform().name("rehearsal").daemon(true).start(answer::serve);
    return answer;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
  }

  private void serve() {
    byte[] buffer = new byte[MAX_OCTETS];
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    try {
      while (true) {
        packet.setLength(buffer.length);
        socket.receive(packet);
        byte[] reply = reply(new Message(Arrays.copyOf(buffer, packet.getLength()))).toWire();
        socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
      }
    } catch (IOException e) {
      // Closed: the rehearsal is over.
    }
  }

  private static Message reply(Message query) throws IOException {
    Record question = query.getQuestion();
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.addRecord(question, Section.QUESTION);
    Name name = question.getName();
    reply.addRecord(
        question.getType() == Type.PTR
            ? new PTRRecord(name, DClass.IN, TTL, Name.fromString("rehearsal.invalid."))
            : new ARecord(name, DClass.IN, TTL, InetAddress.ofLiteral("192.0.2.1")),
        Section.ANSWER);
    return reply;
  }

  @Override
  public void close() {
    socket.close();
  }
}
