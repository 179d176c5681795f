package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return DaemonCommand.run(new ChildProgram(), print(out), print(err), args);
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private int check(String table) throws IOException {
    return run("--check", "--table", Files.writeString(folder.resolve("table"), table).toString());
  }

  private String problems() {
    return err.toString(StandardCharsets.UTF_8).replace(folder + "/", "");
  }

  @Test
  void goodTableIsOk() throws IOException {
    assertThat(check("*: hostname gate\ntest: mode plain\n")).isZero();
    assertThat(out).asString().isEqualTo(folder.resolve("table") + ": ok\n");
    assertThat(problems()).isEmpty();
  }

  @Test
  void threeErrorsAreThreeLinesInFileOrder() throws IOException {
    assertThat(check("*: hostname gate\ntest: modes plain\ntest: userid 0\nno colon\n"))
        .isEqualTo(ExitCode.CONFIG.number());
    assertThat(problems().lines())
        .hasSize(3)
        .satisfiesExactly(
            line -> assertThat(line).startsWith("table:2: error: ").contains("'mode'"),
            line ->
                assertThat(line)
                    .isEqualTo("table:3: error: userid '0' is root, which never serves"),
            line -> assertThat(line).startsWith("table:4: error: "));
    assertThat(out.size()).isZero();
  }

  @Test
  void warningAloneIsShownAndIsOk() throws IOException {
    assertThat(check("*: hostname gate\ntest: mode a\ntest: mode b\n")).isZero();
    assertThat(problems().lines()).singleElement().asString().startsWith("table:3: warning: ");
    assertThat(out).asString().endsWith(": ok\n");
  }

  @Test
  void errorInALineForAnotherProgramIsAWarning() throws IOException {
    assertThat(check("*: hostname gate\nother: hosts 1.2.3.4 -dest { a\n")).isZero();
    assertThat(problems().lines())
        .singleElement()
        .asString()
        .startsWith("table:2: warning: (for other) ");
  }

  @Test
  void tableThatIsNotThereIsOneLine() {
    assertThat(run("-t", folder.resolve("none").toString())).isEqualTo(ExitCode.NO_INPUT.number());
    assertThat(problems()).isEqualTo("test: none: there is no such file (--table names another)\n");
  }

  @Test
  void folderInPlaceOfATableIsOneLine() {
    assertThat(run("-t", folder.toString())).isEqualTo(ExitCode.NO_INPUT.number());
    assertThat(err).asString().startsWith("test: " + folder + ": ").hasLineCount(1);
  }

  @Test
  void wrongOptionIsOneLine() {
    assertThat(run("--tabel", "x")).isEqualTo(ExitCode.USAGE.number());
    assertThat(err).asString().startsWith("test: ").contains("--tabel").hasLineCount(1);
  }

  @Test
  void helpNamesEveryOptionAndTheDefault() {
    assertThat(run("--help")).isZero();
    assertThat(out)
        .asString()
        .contains("test", "Serves tests.", "-t, --table=FILE", DaemonCommand.DEFAULT_TABLE)
        .contains("--check", "--version", "--help");
  }

  @Test
  void versionIsOneLine() {
    assertThat(run("--version")).isZero();
    assertThat(out).asString().isEqualTo("test unpackaged\n");
  }
}
