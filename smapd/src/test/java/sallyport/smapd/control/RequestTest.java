package sallyport.smapd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
  private static final Selection IDS = new Selection.Ids(List.of(FakeQueue.TWO, FakeQueue.ONE));
  private static final Filter EVERYTHING =
      new Filter(
          Set.of(State.HELD, State.HUB_DOWN),
          Optional.of(new AddressPattern("*@Example.org")),
          Optional.of(new AddressPattern("")),
          Optional.of("*.example.com"),
          Optional.of(Duration.ofHours(1)),
          Optional.of(Duration.ofDays(400)),
          Optional.of("[2001:db8::1]:25"),
          Optional.of("a = b, 100 %\nÄ\u0000"));

  @Test
  void everyRequestIsReadAsItWasWritten() {
    List<Request> requests =
        List.of(
            new Request.ListThem(new Selection.Matching(Filter.ALL)),
            new Request.ListThem(IDS),
            new Request.ListThem(new Selection.Matching(EVERYTHING)),
            new Request.Show(FakeQueue.ONE),
            new Request.Write(Part.HEADER, FakeQueue.ONE),
            new Request.Write(Part.MESSAGE, FakeQueue.ONE),
            new Request.Act(Action.BOUNCE, "root (john doe)", new Selection.Matching(EVERYTHING)));

    for (Request request : requests) {
      assertEquals(Optional.of(request), Request.parse(request.line()));
    }
    for (Action action : Action.values()) {
      Request request = new Request.Act(action, "", IDS);
      assertEquals(Optional.of(request), Request.parse(request.line()));
    }
  }

  @Test
  void theLongestRequestsFitIntoALine() {
    Request ids =
        new Request.Act(
            Action.RELEASE,
            "ä".repeat(Request.MAX_BY),
            new Selection.Ids(
                Collections.nCopies(
                    Selection.MAX_IDS,
                    sallyport.spool.QueueId.parse("0123456789abcdef-fedcba9876543210-dff"))));
    String long512 = "\u20ac".repeat(Filter.MAX_TEXT);
    Request texts =
        new Request.ListThem(
            new Selection.Matching(
                new Filter(
                    Set.of(State.values()),
                    Optional.of(new AddressPattern("*".repeat(AddressPattern.MAX_LENGTH))),
                    Optional.of(new AddressPattern("?".repeat(AddressPattern.MAX_LENGTH))),
                    Optional.of("example.com"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(long512),
                    Optional.of(long512))));

    assertTrue(ids.line().length() < Request.MAX_LINE, () -> "" + ids.line().length());
    assertTrue(texts.line().length() < Request.MAX_LINE, () -> "" + texts.line().length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "list",
        "list ",
        "list  all",
        "list all all",
        "list state=sleeping",
        "list state=",
        "list domain=a/b",
        "list domain=",
        "list least=x",
        "list least=99999999999999999999",
        "list id=0123456789abcdef-1 state=held",
        "list state=held id=0123456789abcdef-1",
        "list colour=red",
        "list sender",
        "LIST all",
        "show",
        "show id=0123456789abcdef-1",
        "show ../../etc/passwd",
        "show 0123456789abcdef-1 0123456789abcdef-2",
        "show 0123456789abcdef-1\r",
        "message",
        "remove",
        "remove john",
        "remove all",
        "remove  all all",
        "remove john id=x",
        "explode john all",
        "list reason=%",
        "list reason=%4",
        "list reason=%zz",
      })
  void whatBreaksTheGrammarIsNoRequest(String line) {
    assertEquals(Optional.empty(), Request.parse(line));
  }

  @Test
  void moreIdsThanAllowedAreNoRequest() {
    String id = " id=0123456789abcdef-1";

    assertTrue(Request.parse("list" + id.repeat(Selection.MAX_IDS)).isPresent());
    assertEquals(Optional.empty(), Request.parse("list" + id.repeat(Selection.MAX_IDS + 1)));
  }
}
