package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalStreamTest {
  @TempDir Path folder;

  @Test
  void onlyTheStreamThatTheVariableNamesIsTheJournal() throws IOException {
    Path stream = Files.createFile(folder.resolve("stream"));
    Path other = Files.createFile(folder.resolve("other"));
    Map<String, Object> found = Files.readAttributes(stream, "unix:dev,ino");
    String variable = found.get("dev") + ":" + found.get("ino");
    assertThat(JournalStream.isJournal(variable, stream)).isTrue();
    assertThat(JournalStream.isJournal(variable, other)).isFalse();
    assertThat(JournalStream.isJournal(null, stream)).isFalse();
    assertThat(JournalStream.isJournal("rubbish", stream)).isFalse();
    assertThat(JournalStream.isJournal(variable, folder.resolve("none"))).isFalse();
  }
}
