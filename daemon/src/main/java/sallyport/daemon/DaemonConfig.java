package sallyport.daemon;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import sallyport.netperm.HostAndPort;
import sallyport.netperm.Location;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/**
 * What every daemon reads from the rule table: its name for itself, the account, the folder, and
 * the name servers.
 *
 * @param application its name there
 * @param hostname our own name in banners and headers; by default what the kernel calls this host
 * @param account who to become; must be set when started as root
 * @param directory the working folder, and the root folder once confined; by default {@code
 *     /var/spool/smap}, {@code /var/lib/sallyport/auth} of authsrv, {@code
 *     /run/sallyport/auth-pop3} of pop3-gw
 * @param nameservers who may be asked for names; by default those of resolv.conf, at most three;
 *     without any, no name is ever known
 */
public record DaemonConfig(
    String application,
    String hostname,
    Optional<Account> account,
    Path directory,
    List<InetSocketAddress> nameservers) {

  /** The directory when the table names none: the transfer directory of smap and smapd. */
  public static final Path DEFAULT_DIRECTORY = Path.of("/var/spool/smap");

  /** The same for programs that have one of their own. */
  private static final Map<String, Path> OWN_DIRECTORIES =
      Map.of(
          "authsrv", Path.of("/var/lib/sallyport/auth"),
          "pop3-gw", Path.of("/run/sallyport/auth-pop3"));

  /** How many {@code nameserver} values are taken. */
  public static final int MAX_NAMESERVERS = 8;

  private static final int DNS_PORT = 53;
  private static final Pattern HOST_NAME =
      Pattern.compile(
          "(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?"
              + "(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*");

  /** Keeps its own copy of the list. */
  public DaemonConfig {
    nameservers = List.copyOf(nameservers);
  }

  /** Reads the keywords; what is wrong is left in {@code settings}. */
  public static DaemonConfig of(Settings settings) {
    return of(settings, HostFiles.ofThisHost());
  }

  static DaemonConfig of(Settings settings, HostFiles host) {
    return new DaemonConfig(
        settings.application(),
        hostname(settings, host),
        account(settings, host),
        directory(settings),
        nameservers(settings, host));
  }

  private static String hostname(Settings settings, HostFiles host) {
    Optional<String> set = settings.word("hostname");
    String name = set.orElseGet(host::kernelName);
    if (HOST_NAME.matcher(name).matches()) {
      return name;
    }
    if (set.isPresent()) {
      settings.error(at(settings, "hostname"), "hostname '" + name + "' is no host name");
    } else {
      String text = "this host calls itself '" + name + "', which is no host name; set hostname";
      settings.error(settings.whole(), text);
    }
    return "localhost";
  }

  private static Optional<Account> account(Settings settings, HostFiles host) {
    Optional<String> userid = settings.word("userid");
    Optional<String> groupid = settings.word("groupid");
    if (userid.isEmpty()) {
      groupid.ifPresent(
          group -> settings.error(at(settings, "groupid"), "groupid is set, but not userid"));
      return Optional.empty();
    }
    Optional<HostFiles.User> user = host.user(userid.get());
    int uid = user.map(HostFiles.User::uid).orElseGet(() -> HostFiles.number(userid.get()));
    if (uid <= 0) {
      String why = uid == 0 ? "is root, which never serves" : "is neither in passwd nor a number";
      settings.error(at(settings, "userid"), "userid '" + userid.get() + "' " + why);
      return Optional.empty();
    }
    int gid = groupid.map(group -> groupNumber(group, host)).orElse(0);
    if (groupid.isPresent() && gid <= 0) {
      String why = gid == 0 ? "is root's group" : "is neither in group nor a number";
      settings.error(at(settings, "groupid"), "groupid '" + groupid.get() + "' " + why);
      return Optional.empty();
    }
    if (groupid.isEmpty()) {
      gid = user.map(HostFiles.User::gid).orElse(0);
    }
    if (gid <= 0) {
      String why = user.isEmpty() ? "is not in passwd" : "has root's group";
      String text = "userid '" + userid.get() + "' " + why + "; expected a groupid beside it";
      settings.error(at(settings, "userid"), text);
      return Optional.empty();
    }
    return Optional.of(new Account(userid.get(), uid, gid));
  }

  private static int groupNumber(String group, HostFiles host) {
    return host.groupNumber(group).orElseGet(() -> HostFiles.number(group));
  }

  private static Path directory(Settings settings) {
    Optional<String> word = settings.word("directory");
    if (word.isEmpty()) {
      return OWN_DIRECTORIES.getOrDefault(settings.application(), DEFAULT_DIRECTORY);
    }
    Path directory = Path.of(word.get().replace('\0', '?')).normalize();
    if (!directory.isAbsolute() || directory.getNameCount() == 0) {
      String text = "directory '" + word.get() + "'; expected an absolute path below /";
      settings.error(at(settings, "directory"), text);
    }
    return directory;
  }

  private static List<InetSocketAddress> nameservers(Settings settings, HostFiles host) {
    List<InetSocketAddress> servers = new ArrayList<>();
    for (Rule rule : settings.each("nameserver")) {
      for (String value : rule.values()) {
        Optional<InetSocketAddress> server = nameserver(value);
        server.ifPresentOrElse(
            servers::add,
            () ->
                settings.error(
                    rule.at(), "nameserver '" + value + "'; expected an address in digits"));
        if (servers.size() > MAX_NAMESERVERS) {
          settings.error(rule.at(), "more than " + MAX_NAMESERVERS + " nameservers");
          return List.of();
        }
      }
    }
    if (servers.isEmpty()) {
      host.nameservers().forEach(value -> nameserver(value).ifPresent(servers::add));
    }
    return servers;
  }

  /** An address in digits, for IPv6 with or without brackets, and perhaps a port. */
  private static Optional<InetSocketAddress> nameserver(String value) {
    boolean bare = value.indexOf(':') != value.lastIndexOf(':') && !value.startsWith("[");
    try {
      if (bare) {
        return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(value), DNS_PORT));
      }
      HostAndPort server = HostAndPort.parse(value, DNS_PORT);
      return Optional.of(
          new InetSocketAddress(InetAddress.ofLiteral(server.host()), server.port()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Location at(Settings settings, String keyword) {
    return settings.where(keyword).orElseGet(settings::whole);
  }
}
