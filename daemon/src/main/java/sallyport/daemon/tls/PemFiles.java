package sallyport.daemon.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import sallyport.netperm.Location;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/** What is said about files of certificates and keys that a table names. */
final class PemFiles {
  private static final int READABLE_BY_ALL = 0004;
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int PERMISSIONS = 07777;

  private static final Path OWN_PROCESS = Path.of("/proc/self");

  private PemFiles() {}

  /** The one absolute path of a line. */
  static Optional<Path> path(Settings settings, Rule rule) {
    if (rule.values().size() != 1) {
      settings.error(
          rule.at(),
          rule.keyword() + " has " + rule.values().size() + " values; expected one file");
      return Optional.empty();
    }
    return path(settings, rule, rule.keyword() + " ", rule.values().getFirst());
  }

  /** An absolute path, of a keyword or an option that stands in {@code what}. */
  static Optional<Path> path(Settings settings, Rule rule, String what, String value) {
    if (!value.startsWith("/") || value.indexOf('\0') >= 0) {
      settings.error(rule.at(), what + value + ": expected the absolute path of a file");
      return Optional.empty();
    }
    return Optional.of(Path.of(value));
  }

  static boolean expiresSoon(Identity identity, Instant now) {
    return now.plus(ServerTls.EXPIRY_WARNING).isAfter(identity.expires());
  }

  static String expiryText(Identity identity, Instant now) {
    long days = Duration.between(now, identity.expires()).toDays();
    String when = now.isAfter(identity.expires()) ? "expired" : "expires in " + days + " days";
    return identity.source() + ": " + when + ", on " + identity.expires();
  }

  static void warnOfExpiry(Settings settings, Location at, Identity identity, Instant now) {
    if (expiresSoon(identity, now)) {
      settings.warning(at, expiryText(identity, now));
    }
  }

  /** Says who, besides root and the account that runs this, can read or replace a key. */
  static void warnOfOthers(Settings settings, Location at, Path keyFile) {
    try {
      Map<String, Object> facts = Files.readAttributes(keyFile, "unix:uid,mode");
      int mode = (int) facts.getOrDefault("mode", 0);
      int owner = (int) facts.getOrDefault("uid", 0);
      if ((mode & READABLE_BY_ALL) != 0) {
        settings.warning(at, keyFile + ": every account of this host can read the key; chmod o-r");
      }
      if ((mode & WRITABLE_BY_OTHERS) != 0) {
        settings.warning(at, keyFile + ": others can replace the key; chmod go-w");
      }
      if (owner != 0 && owner != ownAccount()) {
        settings.warning(
            at, keyFile + ": belongs to account " + owner + ", who can replace it; chown root");
      }
    } catch (IOException e) {
      settings.warning(at, keyFile + ": its mode cannot be read: " + e.getMessage());
    }
  }

  /** Why a file could not be opened, as far as may be seen. */
  static String denied(Path file) {
    try {
      Map<String, Object> facts = Files.readAttributes(file, "unix:uid,mode");
      int owner = (int) facts.getOrDefault("uid", 0);
      int mode = (int) facts.getOrDefault("mode", 0) & PERMISSIONS;
      return "permission denied: it belongs to account %d, mode %04o, and this process is %d"
          .formatted(owner, mode, ownAccount());
    } catch (IOException e) {
      return "permission denied: a folder above it is closed to us";
    }
  }

  /** Whose this process is; of nobody's number if that cannot be seen. */
  private static int ownAccount() {
    try {
      return (int) Files.getAttribute(OWN_PROCESS, "unix:uid");
    } catch (IOException e) {
      return -1;
    }
  }
}
