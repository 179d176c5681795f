package sallyport.authdb.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Login names as typed, and timestamps as sent. */
class NamesAndTimestampsTest {

  private static LoginName login(String user, String server, String firewall) {
    return new LoginName(user, Optional.ofNullable(server), Optional.ofNullable(firewall));
  }

  @Test
  void aLoginNameHasUpToThreeParts() {
    assertThat(LoginName.parse("john")).contains(login("john", null, null));
    assertThat(LoginName.parse("john%mail")).contains(login("john", "mail", null));
    assertThat(LoginName.parse("john%mail@gate.example.com"))
        .contains(login("john", "mail", "gate.example.com"));
    assertThat(LoginName.parse("J.Ohn+x_y-Z%MAIL@Gate"))
        .contains(login("j.ohn+x_y-z", "mail", "gate"));
  }

  @Test
  void whatIsNotOfThatFormNamesNobody() {
    for (String typed :
        List.of(
            "",
            "%",
            "%mail",
            "john%",
            "john%mail@",
            "john%@gate",
            "john@mail",
            "john@gate%mail",
            "john%mail%archive",
            "john%mail@a@b",
            ".john",
            "-john",
            "john%-mail",
            "jo hn",
            "jo\thn",
            "j\u00f6hn",
            "john\u212a",
            "john%ma/il",
            "john%10.0.0.1:110",
            "x".repeat(65),
            "john%" + "x".repeat(65),
            "john%mail@" + "x".repeat(256))) {
      assertThat(LoginName.parse(typed)).as(typed).isEmpty();
    }
    assertThat(LoginName.parse("x".repeat(64))).isPresent();
  }

  @Test
  void aTimestampIsOneMessageIdOfPrintableAtoms() {
    for (String text :
        List.of(
            "<1896.697170952@dbc.mtview.ca.us>",
            "<1.2.5f3e.AbC+/==@host>",
            "<a%b@c>",
            "<" + "a".repeat(507) + "@bc>")) {
      assertThat(Timestamp.parse(text)).as(text).map(Timestamp::text).contains(text);
    }
    assertThat(Timestamp.parse("<" + "a".repeat(508) + "@bc>")).isEmpty();
    assertThat(Timestamp.parse("<a@b@c>")).isEmpty();
    assertThat(Timestamp.parse("<a..b@c>")).isEmpty();
    assertThat(Timestamp.parse("<a@b><a@b>")).isEmpty();
  }

  @Test
  void aTimestampKnowsTheMarkOfAnyGateway() {
    assertThat(new Timestamp("<sp.x@y>").ownMark()).isTrue();
    assertThat(new Timestamp("<SP.x@y>").ownMark()).isTrue();
    assertThat(new Timestamp("<spx@y>").ownMark()).isFalse();
    assertThat(new Timestamp("<x.sp.y@sp.z>").ownMark()).isFalse();
  }
}
