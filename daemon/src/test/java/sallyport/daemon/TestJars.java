package sallyport.daemon;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * The class path of this test as jars in a folder that any account can read: classes in folders
 * cannot be loaded once the root folder has changed, and the build may lie in root's home.
 */
final class TestJars {
  private static final List<String> NOT_NEEDED =
      List.of("junit", "assertj", "awaitility", "byte-buddy", "hamcrest", "surefire", "opentest4j");

  private TestJars() {}

  static String classPath(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> jars = new ArrayList<>();
    String here = System.getProperty("java.class.path");
    for (String entry :
        System.getProperty("surefire.test.class.path", here).split(File.pathSeparator)) {
      Path path = Path.of(entry);
      Path jar = folder.resolve(jars.size() + ".jar");
      if (Files.isDirectory(path)) {
        pack(path, jar);
      } else if (Files.exists(path) && NOT_NEEDED.stream().noneMatch(entry::contains)) {
        Files.copy(path, jar);
      } else {
        continue;
      }
      Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
      jars.add(jar.toString());
    }
    return String.join(File.pathSeparator, jars);
  }

  private static void pack(Path folder, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> {
            try {
              out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
              Files.copy(file, out);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
