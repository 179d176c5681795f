package sallyport.smap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.smap.smtp.Mailbox;

class RecipientListTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("recipients");
  }

  @Test
  void addressesAndWholeDomainsAreKnownWithoutRegardToCase() throws IOException {
    Files.writeString(file, "# ours\nJohn@Example.com\n\n@all.example\n");
    RecipientList list = RecipientList.read(file);
    assertThat(list.has(new Mailbox("john", "EXAMPLE.com"))).isTrue();
    assertThat(list.has(new Mailbox("anybody", "all.example"))).isTrue();
    assertThat(list.has(new Mailbox("jane", "example.com"))).isFalse();
    assertThat(list.size()).isEqualTo(2);
  }

  @Test
  void withoutAFileEverybodyIsValid() throws IOException {
    assertThat(RecipientList.everybody().has(new Mailbox("x", "y.example"))).isTrue();
    assertThat(RecipientList.everybody().reload()).isFalse();
  }

  @Test
  void halfWrittenListIsNotTaken() throws IOException {
    Files.writeString(file, "a@example.com\n");
    RecipientList list = RecipientList.read(file);
    replace("a@example.com\nb@exam");
    assertThatThrownBy(list::reload).hasMessageContaining("not whole");
    assertThat(list.has(new Mailbox("a", "example.com"))).isTrue();
    assertThat(list.reload()).as("said once").isFalse();
  }

  @Test
  void emptyListIsNotTaken() throws IOException {
    Files.writeString(file, "a@example.com\n");
    RecipientList list = RecipientList.read(file);
    replace("# nobody\n");
    assertThatThrownBy(list::reload).hasMessageContaining("holds no address");
    assertThat(list.has(new Mailbox("a", "example.com"))).isTrue();
  }

  @Test
  void wrongLineIsNamed() throws IOException {
    Files.writeString(file, "a@example.com\nnonsense\n");
    assertThatThrownBy(() -> RecipientList.read(file))
        .hasMessage(file + ":2: expected an address, or @domain for all of a domain");
  }

  @Test
  void newListIsTakenWhenItReplacesTheOld() throws IOException {
    Files.writeString(file, "a@example.com\n");
    RecipientList list = RecipientList.read(file);
    assertThat(list.reload()).isFalse();
    replace("b@example.com\n");
    assertThat(list.reload()).isTrue();
    assertThat(list.has(new Mailbox("a", "example.com"))).isFalse();
    assertThat(list.has(new Mailbox("b", "example.com"))).isTrue();
  }

  @Test
  void listBeyondItsBoundIsNotTakenAndOneWithinIs() throws IOException {
    String line = "a@example.com\n";
    String most = line.repeat((int) (RecipientList.MAX_OCTETS / line.length()));
    Files.writeString(file, most);
    RecipientList list = RecipientList.read(file);
    replace(most + line + line);
    assertThatThrownBy(list::reload).hasMessageContaining("more than " + RecipientList.MAX_OCTETS);
    assertThat(list.has(new Mailbox("a", "example.com"))).isTrue();
  }

  @Test
  void missingFileKeepsTheListInForce() throws IOException {
    Files.writeString(file, "a@example.com\n");
    RecipientList list = RecipientList.read(file);
    Files.delete(file);
    assertThatThrownBy(list::reload).hasMessageContaining("no such file");
    assertThat(list.reload()).as("said once").isFalse();
    assertThat(list.has(new Mailbox("a", "example.com"))).isTrue();
  }

  private void replace(String text) throws IOException {
    Path next = folder.resolve("next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
