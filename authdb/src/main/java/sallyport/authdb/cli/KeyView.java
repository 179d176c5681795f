package sallyport.authdb.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Sealed;
import sallyport.authdb.Snapshot;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/**
 * A key as {@code key list} shows it.
 *
 * @param secrets how many are sealed with it
 */
record KeyView(String id, Instant made, int secrets, boolean current) {
  static final List<String> HEADS = List.of("KEY", "MADE", "SECRETS", "USE");
  private static final String SUFFIX = ".key";

  /** The current one first, then the newer before the older. */
  static List<KeyView> of(UserDatabase database, Path folder)
      throws DatabaseTrouble, StartupException {
    Map<String, Integer> sealed = count(database.snapshot());
    String current = database.currentKeyId();
    List<KeyView> keys = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String id = name.substring(0, name.length() - SUFFIX.length());
        Instant made = Files.getLastModifiedTime(file).toInstant();
        keys.add(new KeyView(id, made, sealed.getOrDefault(id, 0), id.equals(current)));
      }
    } catch (IOException e) {
      throw new StartupException(ExitCode.IO, folder + ": " + e.getMessage(), e);
    }
    keys.sort(
        Comparator.comparing(KeyView::current)
            .thenComparing(KeyView::made)
            .reversed()
            .thenComparing(KeyView::id));
    return keys;
  }

  private static Map<String, Integer> count(Snapshot snapshot) {
    Map<String, Integer> sealed = new HashMap<>();
    for (Snapshot.Account account : snapshot.accounts().values()) {
      account.front().ifPresent(secret -> add(sealed, secret));
      account.previous().ifPresent(previous -> add(sealed, previous.sealed()));
      account.inside().values().forEach(secret -> add(sealed, secret));
    }
    return sealed;
  }

  private static void add(Map<String, Integer> sealed, Sealed secret) {
    sealed.merge(secret.keyId(), 1, Integer::sum);
  }

  List<String> row(Desk desk) {
    return List.of(id, Times.shown(made, desk), "" + secrets, current ? "current" : "-");
  }

  Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("key", id);
    object.put("made", made.toString());
    object.put("secrets", secrets);
    object.put("current", current);
    return object;
  }
}
