package sallyport.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import sallyport.netperm.HostName;
import sallyport.netperm.HostName.Reason;
import sallyport.netperm.NameLookup;

/**
 * Names of addresses, from the hosts file as it was at start and from given servers; nobody else is
 * asked, and never over TCP. A name counts only if it leads back to the address.
 *
 * <p>A look-up takes at most {@link #TOTAL_TIME}. The last {@link #CACHED} answers are kept for
 * {@link #CACHE_TIME}, failures too, so that a dead server does not cost every session its time.
 * Any number of threads may ask.
 */
public final class DnsNames implements NameLookup {
  /** The longest that one look-up takes, all questions and servers together. */
  public static final Duration TOTAL_TIME = Duration.ofSeconds(5);

  /** The longest that one question waits for one server. */
  public static final Duration TRY_TIME = Duration.ofMillis(1500);

  /** How many answers are kept. */
  public static final int CACHED = 1000;

  /** How long they are kept. */
  public static final Duration CACHE_TIME = Duration.ofSeconds(60);

  /** How many names of one address are tried. */
  static final int MAX_NAMES = 4;

  private static final int MAX_ALIASES = 8;
  private static final int UDP_OCTETS = 1232;
  private static final Pattern PLAIN_NAME =
      Pattern.compile("(?=.{1,253}$)[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");

  private final List<InetSocketAddress> servers;
  private final Map<InetAddress, String> hosts;
  private final Map<String, List<InetAddress>> listed;
  private final Object lock = new Object();
  private final Map<InetAddress, Kept> cache =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Kept> eldest) {
          return size() > CACHED;
        }
      };

  private record Kept(HostName name, long sinceNanos) {}

  private DnsNames(
      List<InetSocketAddress> servers,
      Map<InetAddress, String> hosts,
      Map<String, List<InetAddress>> listed) {
    this.servers = List.copyOf(servers);
    this.hosts = Map.copyOf(hosts);
    this.listed = Map.copyOf(listed);
  }

  /** Reads the hosts file now; asks nobody yet. */
  public static DnsNames of(List<InetSocketAddress> servers) {
    return of(servers, HostFiles.ofThisHost());
  }

  static DnsNames of(List<InetSocketAddress> servers, HostFiles host) {
    Map<InetAddress, String> hosts = new HashMap<>();
    Map<String, List<InetAddress>> listed = new HashMap<>();
    for (String line : host.hostLines()) {
      String[] words = line.split("\\s+", -1);
      String name = words.length < 2 ? "" : plain(words[1]);
      if (PLAIN_NAME.matcher(name).matches()) {
        try {
          InetAddress address = InetAddress.ofLiteral(words[0]);
          hosts.putIfAbsent(address, name);
          for (int i = 1; i < words.length; i++) {
            listed.computeIfAbsent(plain(words[i]), _ -> new ArrayList<>()).add(address);
          }
        } catch (IllegalArgumentException e) {
          // Not an address: the C library passes over such a line, too.
        }
      }
    }
    return new DnsNames(servers, hosts, listed);
  }

  @Override
  public HostName nameOf(InetAddress address) {
    String listed = hosts.get(address);
    if (listed != null) {
      return new HostName.Known(listed);
    }
    long now = System.nanoTime();
    synchronized (lock) {
      Kept kept = cache.get(address);
      if (kept != null && now - kept.sinceNanos() < CACHE_TIME.toNanos()) {
        return kept.name();
      }
    }
    HostName name = ask(address, now + TOTAL_TIME.toNanos());
    synchronized (lock) {
      cache.remove(address);
      cache.put(address, new Kept(name, System.nanoTime()));
    }
    return name;
  }

  /**
   * The addresses of a host that the table names, IPv4 first: those of the hosts file if it lists
   * the host, else what the servers say. Each bears the name, so that nobody will ask for it. Takes
   * at most {@link #TOTAL_TIME}; nothing is kept.
   *
   * @return at least one address
   * @throws IOException if there is none, or no server answers; the message says which
   */
  public List<InetAddress> addressesOf(String host) throws IOException {
    List<InetAddress> found = listed.getOrDefault(plain(host), List.of());
    if (found.isEmpty()) {
      found = asked(host, System.nanoTime() + TOTAL_TIME.toNanos());
    }
    if (found.isEmpty()) {
      throw new IOException(host + " has no address");
    }
    List<InetAddress> named = new ArrayList<>();
    for (InetAddress address : found) {
      named.add(InetAddress.getByAddress(host, address.getAddress()));
    }
    return named;
  }

  private List<InetAddress> asked(String host, long deadline) throws IOException {
    Name name = Name.fromString(plain(host), Name.root);
    List<InetAddress> found = new ArrayList<>();
    IOException failed = null;
    for (int type : new int[] {Type.A, Type.AAAA}) {
      try {
        answers(name, type, deadline).forEach(record -> found.add(addressIn(record)));
      } catch (IOException e) {
        failed = e;
      }
    }
    if (found.isEmpty() && failed != null) {
      throw new IOException("no answer for " + host + ": " + failed.getMessage(), failed);
    }
    return found;
  }

  private static InetAddress addressIn(Record record) {
    return record instanceof ARecord four ? four.getAddress() : ((AAAARecord) record).getAddress();
  }

  /** The question as a whole: names of the address, and which of them leads back. */
  private HostName ask(InetAddress address, long deadline) {
    int type = address.getAddress().length == 4 ? Type.A : Type.AAAA;
    try {
      List<Record> pointers = answers(ReverseMap.fromAddress(address), Type.PTR, deadline);
      Reason reason = Reason.NO_NAME;
      for (Record pointer : pointers.subList(0, Math.min(MAX_NAMES, pointers.size()))) {
        Name name = ((PTRRecord) pointer).getTarget();
        reason = Reason.MISMATCH;
        String text = plain(name.toString(true));
        if (PLAIN_NAME.matcher(text).matches() && leadsBack(name, type, address, deadline)) {
          return new HostName.Known(text);
        }
      }
      return new HostName.Unknown(reason);
    } catch (IOException e) {
      return new HostName.Unknown(Reason.FAILED);
    }
  }

  private boolean leadsBack(Name name, int type, InetAddress address, long deadline)
      throws IOException {
    for (Record record : answers(name, type, deadline)) {
      if (addressIn(record).equals(address)) {
        return true;
      }
    }
    return false;
  }

  /** The records of this type, none if there are none; fails if no server gives an answer. */
  private List<Record> answers(Name name, int type, long deadline) throws IOException {
    IOException last = new IOException("no name server");
    for (InetSocketAddress server : servers) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        break;
      }
      try {
        Message answer = send(name, type, server, Duration.ofNanos(left));
        int code = answer.getRcode();
        if (code == Rcode.NOERROR || code == Rcode.NXDOMAIN) {
          return ofType(answer, name, type);
        }
        last = new IOException(server + " answers " + Rcode.string(code));
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private static Message send(Name name, int type, InetSocketAddress server, Duration left)
      throws IOException {
    SimpleResolver resolver = new SimpleResolver(server);
    resolver.setIgnoreTruncation(true);
    resolver.setEDNS(0, UDP_OCTETS, 0, List.of());
    resolver.setTimeout(left.compareTo(TRY_TIME) < 0 ? left : TRY_TIME);
    return resolver.send(Message.newQuery(Record.newRecord(name, type, DClass.IN)));
  }

  /** What the answer section says of the name asked for, through its aliases, and nothing else. */
  private static List<Record> ofType(Message answer, Name asked, int type) {
    List<Record> section = answer.getSection(Section.ANSWER);
    Name name = asked;
    Set<Name> seen = new HashSet<>();
    for (int hop = 0; hop < MAX_ALIASES && seen.add(name); hop++) {
      Name current = name;
      List<Record> found = new ArrayList<>();
      for (Record record : section) {
        if (record.getName().equals(current) && record.getType() == type) {
          found.add(record);
        } else if (record.getName().equals(current) && record instanceof CNAMERecord alias) {
          name = alias.getTarget();
        }
      }
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /** Loads what a look-up needs, by one whole look-up of a name that a local socket denies. */
  static void rehearse() throws IOException {
    try (OneAnswer responder = OneAnswer.start()) {
      DnsNames names = new DnsNames(List.of(responder.address()), Map.of(), Map.of());
      HostName name = names.nameOf(InetAddress.ofLiteral("192.0.2.1"));
      if (!name.equals(new HostName.Known("rehearsal.invalid"))) {
        throw new IOException("the name look-up does not work: " + name);
      }
    } catch (TextParseException e) {
      throw new IllegalStateException(e);
    }
  }
}
