package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnhancedStatusTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "550 5.7.1 not you | 5.7.1",
        "550-5.2.1 first line 550 5.2.1 last | 5.2.1",
        "5.6.3 the hub takes no 8-bit | 5.6.3",
        "550 4.7.1 of the wrong class | 5.0.0",
        "550 5.1.1.2 no code | 5.0.0",
        "550 5.1234.1 no code | 5.0.0",
        "550 see 5.1.1 | 5.0.0",
        "550 User unknown | 5.0.0",
        "554 No | 5.0.0",
        "501 Syntax | 5.5.4",
        "551 Moved | 5.1.6",
        "556 No mail here | 5.3.2",
        "5501 no reply | 5.0.0",
        "nonsense | 5.0.0",
        "'' | 5.0.0",
      })
  void aRefusalKeepsItsOwnCodeOrGetsOneThatClaimsNoMoreThanIsKnown(String reply, String status) {
    assertThat(EnhancedStatus.ofRefusal(reply)).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "451 4.3.0 later | 4.3.0",
        "450 Mailbox busy | 4.2.0",
        "421 Closing | 4.3.2",
        "452 5.2.2 of the wrong class | 4.3.1",
        "mail.in.test: Connection refused | 4.4.1",
        "'' | 4.4.1",
      })
  void aDeferralIsOfClassFour(String reason, String status) {
    assertThat(EnhancedStatus.ofDeferral(reason)).isEqualTo(status);
  }
}
