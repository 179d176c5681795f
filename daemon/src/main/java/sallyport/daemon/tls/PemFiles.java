package sallyport.daemon.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import sallyport.netperm.Location;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/** What is said about files of certificates and keys that a table names. */
final class PemFiles {
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

  static void warnOfReaders(Settings settings, Location at, Path keyFile) {
    try {
      if (Files.getPosixFilePermissions(keyFile).contains(PosixFilePermission.OTHERS_READ)) {
        settings.warning(at, keyFile + ": every account of this host can read the key");
      }
    } catch (IOException e) {
      settings.warning(at, keyFile + ": its mode cannot be read: " + e.getMessage());
    }
  }
}
