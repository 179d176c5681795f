package sallyport.manual;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the manual pages and the completion scripts.
 *
 * <pre>Manual SOURCES DISTRIBUTION VERSION OUTPUT</pre>
 */
public final class Manual {
  private static final long HELP_SECONDS = 120;
  private static final String BUGS =
      "Report holes in private, as `SECURITY.md` says; everything else in the issues of the project.";
  private static final String EXIT_CODES =
      "Exit codes: 0 ended as asked, or a check found no error; 64 wrong arguments; 66 the table, or"
          + " another file, cannot be read; 69 an address or socket is taken; 70 a fault in the"
          + " program, see the log line `fatal`; 71 the system refused something that must work; 73"
          + " a file or folder cannot be made; 74 a disk failed; 77 not allowed: a folder that is not"
          + " as it must be, or the wrong account; 78 errors in the table. Starting again cannot help"
          + " for 64, 66, 77 and 78.";

  /** A program, where its page stands, and its kind. */
  private record Page(String name, Path packageInfo, Kind kind) {}

  private enum Kind {
    DAEMON,
    COMMAND
  }

  private final Path sources;
  private final Path distribution;
  private final String version;
  private final Path output;

  private Manual(Path sources, Path distribution, String version, Path output) {
    this.sources = sources;
    this.distribution = distribution;
    this.version = version;
    this.output = output;
  }

  /** Writes all of them. */
  public static void main(String[] args) throws Exception {
    new Manual(Path.of(args[0]), Path.of(args[1]), args[2], Path.of(args[3])).write();
  }

  private void write() throws IOException, InterruptedException {
    Files.createDirectories(output.resolve("man"));
    Files.createDirectories(output.resolve("completion"));
    for (Page page : pages()) {
      save(page.name() + ".8", program(page));
    }
    save(
        "netperm-table.5",
        document(
            "netperm-table",
            5,
            "docs/netperm-table.md",
            "the rules of Sallyport, for every program of the gateway"));
    save(
        "sallyport-log.5",
        document("sallyport-log", 5, "docs/log.md", "what the daemons of Sallyport log"));
    save("sallyport-spool.5", spool());
    save(
        "sallyport.7",
        document(
            "sallyport",
            7,
            "packaging/man/sallyport.md",
            "a mail gateway in four confined processes"));
    for (String command : List.of("authdb", "smapq")) {
      Files.writeString(output.resolve("completion").resolve(command), said(command, "completion"));
    }
  }

  private List<Page> pages() {
    return List.of(
        page("smap", "smap/src/main/java/sallyport/smap", Kind.DAEMON),
        page("smapd", "smapd/src/main/java/sallyport/smapd", Kind.DAEMON),
        page("pop3-gw", "pop3-gw/src/main/java/sallyport/pop3gw", Kind.DAEMON),
        page("authsrv", "authdb/src/main/java/sallyport/authdb/authsrv", Kind.DAEMON),
        page("authdb", "authdb/src/main/java/sallyport/authdb/cli", Kind.COMMAND),
        page("smapq", "smapd/src/main/java/sallyport/smapd/cli", Kind.COMMAND),
        page("netperm", "netperm/cli/src/main/java/sallyport/netperm/cli", Kind.COMMAND));
  }

  private Page page(String name, String folder, Kind kind) {
    return new Page(name, sources.resolve(folder).resolve("package-info.java"), kind);
  }

  private void save(String name, Roff page) throws IOException {
    Files.writeString(output.resolve("man").resolve(name), page.toString());
  }

  private Roff program(Page page) throws IOException, InterruptedException {
    Javadoc from = new Javadoc(Files.readString(page.packageInfo()));
    Roff to = new Roff(page.name(), 8, version);
    section("Name", from.take("NAME").orElseThrow(), to);
    String help = said(page.name(), "--help");
    to.section("Synopsis");
    from.take("SYNOPSIS")
        .ifPresentOrElse(
            text -> Javadoc.write(text, to),
            () -> to.verbatim(page.name() + " [-t FILE] [--check] [--version] [--help]"));
    section("Description", from.take("SUMMARY").orElseThrow(), to);
    var security = from.take("SECURITY");
    var diagnostics = from.take("DIAGNOSTICS");
    var limits = from.take("LIMITS");
    options(help, to);
    from.take("FOR MAINTAINERS");
    from.rest().forEach((title, text) -> section(title, text, to));
    security.ifPresent(text -> section("Security", text, to));
    to.section("Diagnostics");
    diagnostics.ifPresent(text -> Javadoc.write(text, to));
    if (page.kind() == Kind.DAEMON) {
      to.paragraph(EXIT_CODES);
    }
    limits.ifPresent(text -> section("Limits", text, to));
    return end(to, page.name());
  }

  private static Roff end(Roff page, String name) {
    page.section("Bugs").paragraph(BUGS);
    String others =
        List.of(
                "smap(8)",
                "smapd(8)",
                "pop3-gw(8)",
                "authsrv(8)",
                "authdb(8)",
                "smapq(8)",
                "netperm(8)",
                "netperm-table(5)",
                "sallyport-log(5)",
                "sallyport-spool(5)",
                "sallyport(7)")
            .stream()
            .filter(other -> !other.startsWith(name + "("))
            .reduce((one, other) -> one + ", " + other)
            .orElseThrow();
    return page.section("See also").paragraph(others);
  }

  private static void section(String title, String content, Roff page) {
    page.section(title);
    Javadoc.write(content, page);
  }

  /** The options and commands as the program's own help lists them. */
  private static void options(String help, Roff page) {
    page.section("Options");
    Pattern option = Pattern.compile("^ {2,6}(-\\S.*?)(?: {2,}(\\S.*))?$");
    Pattern command = Pattern.compile("^ {2}([a-z]\\S*)(?: {2,}(\\S.*))?$");
    String term = "";
    StringBuilder meaning = new StringBuilder();
    boolean commands = false;
    for (String line : help.lines().toList()) {
      Matcher begins = (commands ? command : option).matcher(line);
      if (begins.matches()) {
        flush(term, meaning, page);
        term = begins.group(1);
        meaning = new StringBuilder(begins.group(2) == null ? "" : begins.group(2));
      } else if (line.startsWith("        ") && !term.isEmpty()) {
        meaning.append(' ').append(line.strip());
      } else {
        flush(term, meaning, page);
        term = "";
        if (line.startsWith("Commands:")) {
          commands = true;
          page.section("Commands");
        }
      }
    }
    flush(term, meaning, page);
  }

  private static void flush(String term, StringBuilder meaning, Roff page) {
    if (!term.isEmpty()) {
      page.term("`" + term + "`", meaning.toString());
    }
  }

  private Roff document(String name, int section, String file, String summary) throws IOException {
    Roff page = new Roff(name, section, version);
    page.section("Name").paragraph(name + " - " + summary).section("Description");
    Markdown.write(Files.readString(sources.resolve(file)), page);
    return end(page, name);
  }

  private Roff spool() throws IOException {
    Path file = sources.resolve("spool/src/main/java/sallyport/spool/package-info.java");
    Javadoc from = new Javadoc(Files.readString(file));
    Roff page = new Roff("sallyport-spool", 5, version);
    page.section("Name").paragraph("sallyport-spool - the files that smap writes and smapd reads");
    Map<String, String> rest = from.rest();
    rest.remove("NAME");
    rest.forEach((title, text) -> section(title, text, page));
    return end(page, "sallyport-spool");
  }

  private String said(String program, String argument) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(distribution.resolve("bin").resolve(program).toString(), argument);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("COLUMNS", "100");
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(HELP_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(program + " " + argument + " failed");
    }
    return text;
  }
}
