package sallyport.authdb;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import sallyport.daemon.Confinement;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.Jail;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

/** What tests have another process do: its standard output is what it has to say. */
final class OtherProcess {

  private OtherProcess() {}

  private static final List<String> NOT_NEEDED =
      List.of("junit", "assertj", "awaitility", "byte-buddy", "hamcrest", "surefire", "opentest4j");

  /**
   * Starts this class.
   *
   * @param jars where the class path is put as jars that any account can read: classes in folders
   *     cannot be loaded once the root folder has changed
   */
  static Process start(Path jars, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(classPath(jars));
    command.add(OtherProcess.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String classPath(Path jars) throws IOException {
    Site.mode(jars, "rwxr-xr-x");
    List<String> entries = new ArrayList<>();
    String here = System.getProperty("java.class.path");
    for (String entry :
        System.getProperty("surefire.test.class.path", here).split(File.pathSeparator)) {
      Path path = Path.of(entry);
      Path jar = jars.resolve(entries.size() + ".jar");
      if (!Files.exists(path) || NOT_NEEDED.stream().anyMatch(entry::contains)) {
        continue;
      }
      entries.add(jar.toString());
      if (Files.isDirectory(path) && !Files.exists(jar)) {
        pack(path, jar);
      } else if (!Files.exists(jar)) {
        Files.copy(path, jar);
      }
      Site.mode(jar, "rw-r--r--");
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void pack(Path folder, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "administer" -> administer(Path.of(arguments[1]), arguments[2], arguments[3]);
      case "confined" -> confined(Path.of(arguments[1]), arguments[2]);
      case "rotate" -> rotate(Path.of(arguments[1]), arguments[2]);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  /** Changes one user over and over, and adds others, as an administrator's script would. */
  private static void administer(Path folder, String user, String rounds) throws Exception {
    Site site = new Site(folder);
    for (int i = 1; i <= Integer.parseInt(rounds); i++) {
      try (UserDatabase database = UserDatabase.open(site.database, site.keys)) {
        database.setGroup(user, "group" + i);
        database.setFrontSecret(user, Site.secret("secret" + i));
        database.map(user, "mail", Optional.of("inside" + i), Optional.empty());
        database.add(user + "-" + i, "", "", Site.some("x"), false);
        database.setDisabled("shared", i % 2 == 0);
      }
    }
    System.out.println("done");
  }

  /** Enters a jail as authsrv would, and works there. */
  private static void confined(Path folder, String uid) throws Exception {
    if (ClassLoader.getSystemResource("nothing/of/this/name") != null) { // Opens every jar.
      throw new IllegalStateException("a resource that is not there was found");
    }
    UserDatabase.rehearse();
    Path root = Confinement.enter(config(folder, uid), Jail.CHROOT).root();
    try (UserDatabase database = UserDatabase.open(root.resolve("users.db"), Path.of("keys"))) {
      database.add("jane", "", "", Site.some("x"), false);
      System.out.println(Site.text(database.frontSecret("john")).orElseThrow());
      System.out.flush();
      System.in.read();
      System.out.println(database.changedByOthers());
      Sealed sealed = database.snapshot().accounts().get("john").front().orElseThrow();
      Secret secret = database.keyring().open("john", Purpose.APOP, sealed);
      System.out.println(Site.text(Optional.of(secret)).orElseThrow());
    }
    try (UserDatabase database = UserDatabase.open(Path.of("users.db"), Path.of("/keys"))) {
      System.out.println(database.list().size());
    }
  }

  private static DaemonConfig config(Path folder, String uid) throws IOException {
    Path table = Files.createTempFile("sallyport", "table");
    Files.writeString(
        table,
        "authsrv: userid %s\nauthsrv: groupid %s\nauthsrv: directory %s\n"
            .formatted(uid, uid, folder));
    DaemonConfig config = DaemonConfig.of(Settings.of(Table.read(table), "authsrv"));
    Files.delete(table);
    return config;
  }

  /** Becomes authsrv's account, as the command does, and makes a new key. */
  private static void rotate(Path folder, String uid) throws Exception {
    Confinement.becomeAccount(config(folder, uid));
    Site site = new Site(folder);
    try (UserDatabase database = UserDatabase.open(site.database, site.keys)) {
      database.rotateKey();
    }
    System.out.println("done");
  }
}
