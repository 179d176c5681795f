package sallyport.smapd;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What smapd's checks may find, each with the name that {@code header-check} calls it by. The set
 * is closed; {@code docs/netperm-table.md} lists it.
 *
 * <p>What endangers those behind the gateway is set aside by default. Faults of form pass by
 * default: real mail has them, and who sets all of it aside loses mail. What would make others read
 * another message than was checked can never pass.
 */
enum HeaderFault {
  /** Longer than {@link HeaderCheck#MAX_HEADER_OCTETS}: the rest was not checked. */
  HEADER_LENGTH("header-length", Danger.NEVER_PASSES, "5.6.0"),
  /** A line longer than {@link HeaderCheck#MAX_LINE_OCTETS}. */
  LINE_LENGTH("line-length", Danger.SET_ASIDE, "5.6.0"),
  /** A zero octet, in header or body. */
  ZERO_OCTET("zero-octet", Danger.NEVER_PASSES, "5.6.0"),
  /** A line end other than CR LF, in header or body. */
  LINE_END("line-end", Danger.NEVER_PASSES, "5.6.0"),
  /** More than {@code maxhops} Received fields. */
  HOPS("hops", Danger.SET_ASIDE, "5.4.6"),
  /** An address of the envelope that could be more than one path of an SMTP command. */
  ENVELOPE_SYNTAX("envelope-syntax", Danger.NEVER_PASSES, "5.1.0"),
  /** An address of the envelope that names a program or a file. */
  ENVELOPE_PROGRAM("envelope-program", Danger.SET_ASIDE, "5.7.1"),
  /** An address of the envelope that begins with a hyphen, as a program's option does. */
  ENVELOPE_HYPHEN("envelope-hyphen", Danger.SET_ASIDE, "5.7.1"),
  /** An address in the header that names a program or a file. */
  HEADER_PROGRAM("header-program", Danger.SET_ASIDE, "5.7.1"),
  /** No From field. */
  FROM_MISSING("from-missing", Danger.FORM, "5.6.0"),
  /** Several From fields. */
  FROM_REPEATED("from-repeated", Danger.FORM, "5.6.0"),
  /** A From field without an address, or one that cannot be read. */
  FROM_UNREADABLE("from-unreadable", Danger.FORM, "5.6.0"),
  /** No Date field. */
  DATE_MISSING("date-missing", Danger.FORM, "5.6.0"),
  /** Several Date fields. */
  DATE_REPEATED("date-repeated", Danger.FORM, "5.6.0"),
  /** A Date field that is no date. */
  DATE_UNREADABLE("date-unreadable", Danger.FORM, "5.6.0"),
  /** No Message-ID field. */
  MESSAGE_ID_MISSING("message-id-missing", Danger.FORM, "5.6.0"),
  /** Several Message-ID fields. */
  MESSAGE_ID_REPEATED("message-id-repeated", Danger.FORM, "5.6.0"),
  /** A Message-ID field that is not one word in angle brackets. */
  MESSAGE_ID_UNREADABLE("message-id-unreadable", Danger.FORM, "5.6.0"),
  /** Another field of {@link HeaderCheck#ADDRESS_FIELDS} that cannot be read. */
  ADDRESS_UNREADABLE("address-unreadable", Danger.FORM, "5.6.0");

  /** What a fault means for those behind the gateway. */
  private enum Danger {
    /** A fault of form: passes, if the table says nothing. */
    FORM,
    /** Set aside, if the table says nothing. */
    SET_ASIDE,
    /** Set aside, and the table cannot let it pass. */
    NEVER_PASSES
  }

  /** The names in the table. */
  static final Map<String, HeaderFault> BY_WORD =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(f -> f.word, Function.identity()));

  private final String word;
  private final Danger danger;
  private final String status;

  HeaderFault(String word, Danger danger, String status) {
    this.word = word;
    this.danger = danger;
    this.status = status;
  }

  /** Its name in table and log. */
  String word() {
    return word;
  }

  /** What is done about it if the table says nothing. */
  HeaderAction byDefault() {
    return danger == Danger.FORM ? HeaderAction.PASS : HeaderAction.SET_ASIDE;
  }

  /** Whether the table may let it pass. */
  boolean mayPass() {
    return danger != Danger.NEVER_PASSES;
  }

  /** Its code by RFC 3463. */
  String status() {
    return status;
  }
}
