package sallyport.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files of the host that are read before confinement, by ourselves: the C library would load
 * modules, ask daemons, or later ask a name server of its own choice.
 */
record HostFiles(Path passwd, Path group, Path resolvConf, Path hostname, Path hosts) {
  private static final int MAX_OCTETS = 16 << 20;
  private static final int MAX_NAMESERVERS = 3;
  private static final int NAME = 0;
  private static final int NUMBER = 2;
  private static final int PRIMARY_GROUP = 3;

  static HostFiles ofThisHost() {
    return new HostFiles(
        Path.of("/etc/passwd"),
        Path.of("/etc/group"),
        Path.of("/etc/resolv.conf"),
        Path.of("/proc/sys/kernel/hostname"),
        Path.of("/etc/hosts"));
  }

  /** A line of passwd. */
  record User(String name, int uid, int gid) {}

  /** The user of this name, or else of this number. */
  Optional<User> user(String nameOrNumber) {
    return find(passwd, nameOrNumber, PRIMARY_GROUP)
        .map(f -> new User(f[NAME], number(f[NUMBER]), number(f[PRIMARY_GROUP])));
  }

  /** The number of the group of this name. */
  Optional<Integer> groupNumber(String name) {
    return find(group, name, NUMBER).map(fields -> number(fields[NUMBER]));
  }

  /** The name servers of resolv.conf, those that the C library would ask. */
  List<String> nameservers() {
    List<String> servers = new ArrayList<>();
    for (String line : lines(resolvConf)) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length >= 2 && words[0].equals("nameserver") && servers.size() < MAX_NAMESERVERS) {
        servers.add(words[1]);
      }
    }
    return servers;
  }

  /** The name that the kernel has for this host, also where a service manager hides the file. */
  String kernelName() {
    List<String> lines = lines(hostname);
    return lines.isEmpty() ? Kernel.hostName() : lines.getFirst().strip();
  }

  /** The lines of the hosts file, without comments. */
  List<String> hostLines() {
    return lines(hosts).stream().map(line -> line.replaceFirst("#.*", "").strip()).toList();
  }

  /** A whole number from 0 that an id can be, or -1. */
  static int number(String text) {
    if (!text.matches("[0-9]{1,10}")) {
      return -1;
    }
    long number = Long.parseLong(text);
    return number <= Integer.MAX_VALUE ? (int) number : -1;
  }

  private static Optional<String[]> find(Path file, String nameOrNumber, int lastField) {
    Optional<String[]> byNumber = Optional.empty();
    for (String line : lines(file)) {
      String[] fields = line.split(":", -1);
      if (fields.length <= lastField || number(fields[NUMBER]) < 0) {
        continue;
      }
      if (fields[NAME].equals(nameOrNumber)) {
        return Optional.of(fields);
      }
      if (byNumber.isEmpty() && fields[NUMBER].equals(nameOrNumber)) {
        byNumber = Optional.of(fields);
      }
    }
    return byNumber;
  }

  /** A file that is not there or cannot be read has no lines: its reader says what is missing. */
  private static List<String> lines(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_OCTETS), StandardCharsets.ISO_8859_1).lines().toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
