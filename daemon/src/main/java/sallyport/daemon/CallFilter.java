package sallyport.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A seccomp filter for all threads of the process and for ever: what a daemon never needs once it
 * serves fails with EPERM, whoever asks.
 *
 * <ul>
 *   <li>Always: to start a program; to look into another process; to take another root, namespace,
 *       id or capability; to mount; to change the host (modules, clock, name, swap, quota, log); to
 *       make devices; {@code io_uring}, {@code bpf}, {@code userfaultfd}, keys, and performance
 *       counters, which have been ways into the kernel, and of which the first does much of what is
 *       refused unseen.
 *   <li>{@link Outgoing#NOTHING}: no socket is made and none connected, also not by a send that
 *       opens a connection by itself ({@code MSG_FASTOPEN}).
 *   <li>{@link Outgoing#DATAGRAMS}: sockets for UDP can be made and connected. Since a filter
 *       cannot see which socket is meant, a captured process could then disconnect a TCP socket
 *       that it had accepted and connect it anew: the packet filter of the host remains the second
 *       line.
 *   <li>{@link Outgoing#CONNECTIONS}: TCP, UDP and Unix sockets can be made and connected, and
 *       nothing new can listen.
 * </ul>
 *
 * <p>A list of what is refused, and not of what is allowed, for a Java runtime needs this call and
 * that in rare moments; a service manager can lay a list of the allowed around it, as our units do.
 *
 * <p>The filter is a classic BPF program over {@code struct seccomp_data}: number, architecture,
 * six arguments of which it reads the low halves (seccomp(2)). The kernel works out beforehand
 * which calls are allowed whatever their arguments, so that those cost next to nothing.
 */
final class CallFilter {
  // linux/bpf_common.h: load a word, jump if equal, jump if any bit, jump if not below, jump,
  // return, and.
  private static final int LOAD = 0x20;
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_BITS = 0x45;
  private static final int JUMP_FROM = 0x35;
  private static final int JUMP = 0x05;
  private static final int RETURN = 0x06;
  private static final int AND = 0x54;

  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int FIRST_ARGUMENT = 16;

  private static final int ALLOW = 0x7fff0000;
  private static final int REFUSE = 0x00050000 | 1;

  private static final int X32_NUMBERS = 0x40000000;
  private static final int MSG_FASTOPEN = 0x20000000;
  private static final int SOCKET_TYPE_BITS = 0xf;
  private static final int STREAM = 1;
  private static final int DATAGRAM = 2;
  private static final int UNIX = 1;
  private static final int IPV4 = 2;
  private static final int IPV6 = 10;

  private final Machine machine;
  private final List<int[]> program = new ArrayList<>();

  private CallFilter(Machine machine) {
    this.machine = machine;
  }

  /** The numbers of one architecture. */
  private record Machine(
      int architecture,
      int seccomp,
      int socket,
      int connect,
      int listen,
      int sendto,
      int sendmsg,
      int sendmmsg) {
    private static final int X86_64 = 0xc000003e;
    private static final int AARCH64 = 0xc00000b7;

    static Machine here() throws IOException {
      String name = System.getProperty("os.arch", "");
      return switch (name) {
        case "amd64" -> new Machine(X86_64, 317, 41, 42, 50, 44, 46, 307);
        case "aarch64" -> new Machine(AARCH64, 277, 198, 203, 201, 206, 211, 269);
        default -> throw new IOException("none for the architecture " + name);
      };
    }
  }

  /** Binds all threads of this process to it, and lets none gain privileges any more. */
  static void install(Outgoing allowed) throws IOException {
    Machine machine = Machine.here();
    Kernel.refuseNewPrivileges();
    Kernel.filterAllThreads(machine.seccomp(), new CallFilter(machine).octets(allowed));
  }

  private byte[] octets(Outgoing allowed) {
    load(ARCHITECTURE);
    unless(JUMP_EQUAL, machine.architecture(), REFUSE);
    load(NUMBER);
    when(JUMP_FROM, X32_NUMBERS);
    refuse(RefusedCall.numbers(machine.architecture() == Machine.X86_64));
    switch (allowed) {
      case NOTHING -> {
        refuseFastOpen();
        when(JUMP_EQUAL, machine.connect());
        when(JUMP_EQUAL, machine.socket());
      }
      case DATAGRAMS -> {
        refuseFastOpen();
        allowSockets(List.of(IPV4, IPV6), List.of(DATAGRAM));
      }
      case CONNECTIONS -> {
        when(JUMP_EQUAL, machine.listen());
        allowSockets(List.of(UNIX, IPV4, IPV6), List.of(STREAM, DATAGRAM));
      }
    }
    add(RETURN, 0, 0, ALLOW);
    ByteBuffer octets = ByteBuffer.allocate(program.size() * 8).order(ByteOrder.nativeOrder());
    for (int[] line : program) {
      octets.putShort((short) line[0]).put((byte) line[1]).put((byte) line[2]).putInt(line[3]);
    }
    return octets.array();
  }

  /** Whatever the arguments. */
  private void refuse(List<Integer> numbers) {
    for (int i = 0; i < numbers.size(); i++) {
      add(JUMP_EQUAL, numbers.size() - i, 0, numbers.get(i));
    }
    add(JUMP, 0, 0, 1);
    add(RETURN, 0, 0, REFUSE);
  }

  private void refuseFastOpen() {
    refuseFastOpen(machine.sendto(), 3);
    refuseFastOpen(machine.sendmsg(), 2);
    refuseFastOpen(machine.sendmmsg(), 3);
  }

  /** Leaves the number loaded for whatever comes behind it. */
  private void refuseFastOpen(int number, int flags) {
    add(JUMP_EQUAL, 0, 4, number);
    load(FIRST_ARGUMENT + 8 * flags);
    when(JUMP_BITS, MSG_FASTOPEN);
    load(NUMBER);
  }

  /** Of the calls of {@code socket} only these; must stand last. */
  private void allowSockets(List<Integer> families, List<Integer> types) {
    add(JUMP_EQUAL, 0, families.size() + types.size() + 5, machine.socket());
    load(FIRST_ARGUMENT);
    unlessOneOf(families);
    load(FIRST_ARGUMENT + 8);
    add(AND, 0, 0, SOCKET_TYPE_BITS);
    unlessOneOf(types);
  }

  private void load(int offset) {
    add(LOAD, 0, 0, offset);
  }

  private void when(int jump, int value) {
    add(jump, 0, 1, value);
    add(RETURN, 0, 0, REFUSE);
  }

  private void unless(int jump, int value, int answer) {
    add(jump, 1, 0, value);
    add(RETURN, 0, 0, answer);
  }

  private void unlessOneOf(List<Integer> values) {
    for (int i = 0; i < values.size(); i++) {
      add(JUMP_EQUAL, values.size() - i, 0, values.get(i));
    }
    add(RETURN, 0, 0, REFUSE);
  }

  private void add(int code, int ifTrue, int ifFalse, int value) {
    program.add(new int[] {code, ifTrue, ifFalse, value});
  }
}
