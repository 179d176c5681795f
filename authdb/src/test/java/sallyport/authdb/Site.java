package sallyport.authdb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** A folder with a database and its keys, and a clock that a test sets. */
final class Site {
  static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
  static final Duration PATIENCE = Duration.ofMillis(200);

  final Path folder;
  final Path database;
  final Path keys;
  Instant now = START;

  Site(Path folder) {
    this.folder = folder;
    this.database = folder.resolve("users.db");
    this.keys = folder.resolve("keys");
  }

  InstantSource clock() {
    return () -> now;
  }

  UserDatabase create() throws DatabaseTrouble {
    UserDatabase.create(database, keys).close();
    return open();
  }

  UserDatabase open() throws DatabaseTrouble {
    return UserDatabase.open(database, keys, PATIENCE, clock());
  }

  /** What a disk would hold if everything stopped now. */
  Site copyTo(Path target) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes)
              throws IOException {
            Path to = target.resolve(folder.relativize(from));
            Files.createDirectories(to);
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path from, BasicFileAttributes attributes)
              throws IOException {
            Path to = target.resolve(folder.relativize(from));
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
    return new Site(target);
  }

  static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  static Secret secret(String text) {
    return Secret.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static Optional<Secret> some(String text) {
    return Optional.of(secret(text));
  }

  static Optional<String> text(Optional<Secret> secret) {
    return secret.map(found -> new String(found.octets(), StandardCharsets.UTF_8));
  }
}
