package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {

  @Test
  void namesAreFoldedToLowerCase() {
    assertThat(Names.folded("John.Doe+x_1-2")).contains("john.doe+x_1-2");
    assertThat(Names.folded("7")).contains("7");
    assertThat(Names.folded("a".repeat(64))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".a", "+a", "-a", "_a", "a b", "a%b", "a@b", "a\0", "a\n", "ä", "\u212a", "a/b"
      })
  void whatHasOtherCharactersIsNoName(String typed) {
    assertThat(Names.folded(typed)).isEmpty();
  }

  @Test
  void aNameHasABound() {
    assertThat(Names.folded("a".repeat(65))).isEmpty();
  }

  @Test
  void textsHoldNothingThatATerminalObeys() {
    assertThat(Names.isLongName("Jöhn Doe 🗝")).isTrue();
    for (String text : new String[] {"\n", "\u001b", "\u007f", "\u009b", "\u2028", "\ud800"}) {
      assertThat(Names.isLongName(text)).isFalse();
      assertThat(Names.isGroup(text)).isFalse();
      assertThat(Names.isInsideName(text)).isFalse();
    }
    assertThat(Names.isInsideName("DOMAIN\\john")).isTrue();
    assertThat(Names.isInsideName("")).isFalse();
    assertThat(Names.isInsideName("a b")).isFalse();
    assertThat(Names.isInsideName("a".repeat(65))).isFalse();
    assertThat(Names.isGroup("a".repeat(65))).isFalse();
    assertThat(Names.isLongName("a".repeat(256))).isFalse();
  }
}
