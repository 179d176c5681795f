package sallyport.smapd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterTest {
  private static final Entry ENTRY =
      FakeQueue.entry(FakeQueue.ONE, "mary@Mail.Example.com", "postmaster", "paul@example.net");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "state=deferred              | true",
        "state=held                  | false",
        "state=held state=deferred   | true",
        "sender=JOHN@example.org     | true",
        "sender=john@example.or      | false",
        "sender=j*@*.org             | true",
        "sender=j?hn@example.org     | true",
        "sender=j?n@example.org      | false",
        "sender=<>                   | false",
        "recipient=paul@*            | true",
        "recipient=john@*            | false",
        "recipient=postmaster        | true",
        "domain=mail.example.COM     | true",
        "domain=example.com          | false",
        "domain=*.example.com        | true",
        "domain=example.net          | true",
        "least=3600                  | true",
        "least=3601                  | false",
        "most=3600                   | true",
        "most=3599                   | false",
        "hub=mx.example.com          | true",
        "hub=MX.example.com:25       | true",
        "hub=mx.example.co           | false",
        "hub=mx.example.com:26       | false",
        "reason=4.3.2                | true",
        "reason=SPÄTER               | true",
        "reason=5.0.0                | false",
        "domain=example.net recipient=mary@* | false",
        "domain=example.net recipient=paul@* state=deferred sender=john@* | true",
      })
  void aFilterMeansWhatFulfilsAllOfIt(String criteria, boolean meant) {
    Filter filter = Filter.parse(List.of(criteria.split(" ", -1))).orElseThrow();

    assertEquals(meant, filter.matches(ENTRY, FakeQueue.NOW));
  }

  @Test
  void theEmptyFilterMeansAll() {
    assertTrue(Filter.ALL.matches(ENTRY, FakeQueue.NOW));
  }

  @Test
  void theNullSenderIsFound() {
    assertTrue(new AddressPattern("<>").matches(""));
    assertTrue(new AddressPattern("").matches(""));
    assertTrue(new AddressPattern("*").matches(""));
    assertFalse(new AddressPattern("?").matches(""));
  }

  @Test
  void aPatternOfStarsTakesNoLongTime() {
    AddressPattern stars = new AddressPattern("*a".repeat(256));
    String address = "a".repeat(255) + "b".repeat(257);

    assertFalse(assertTimeoutPreemptively(Duration.ofSeconds(5), () -> stars.matches(address)));
  }
}
