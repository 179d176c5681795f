package sallyport.smap.smtp;

/**
 * Counts what the limits on a header ask for, while the octets pass by. It looks at no octet behind
 * the header, and at none behind a broken limit.
 *
 * <p>A header ends at an empty line, or before the first line that is neither a field nor the
 * continuation of one: what stands there is body, whatever the sender meant.
 *
 * <pre>
 *   field      = field-name *WSP ":" unstructured CRLF          (RFC 5322 sections 2.2 and 4.5)
 *   field-name = 1*%d33-57 / %d59-126
 *   a line that begins with WSP continues the field above it
 * </pre>
 */
final class HeaderFacts {
  /** Longest field name; a longer one is text. */
  private static final int MAX_NAME_OCTETS = 998;

  private static final byte[] RECEIVED = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd'};

  private enum Place {
    LINE_START,
    NAME,
    BLANKS_BEHIND_NAME,
    REST,
    ENDED_BY_EMPTY_LINE,
    ENDED_BY_TEXT
  }

  private final BodyRules rules;
  private Place place = Place.LINE_START;
  private int nameLength;
  private boolean looksReceived;
  private int lineOctets; // of the line under way, without CR LF
  private boolean fieldSeen;
  private int hops;
  private int octets; // up to the end of the last complete line
  private int longestLine;
  private boolean tooBig;

  HeaderFacts(BodyRules rules) {
    this.rules = rules;
  }

  int hops() {
    return hops;
  }

  int octets() {
    return octets;
  }

  int longestLine() {
    return longestLine;
  }

  boolean endedByEmptyLine() {
    return place == Place.ENDED_BY_EMPTY_LINE;
  }

  boolean tooBig() {
    return tooBig;
  }

  /** Takes octets whose line ends are CR LF. */
  void accept(byte[] from, int start, int end) {
    for (int i = start; i < end && !over(); i++) {
      byte octet = from[i];
      if (octet == '\n') {
        endOfLine();
      } else if (octet != '\r') {
        inLine(octet);
      }
    }
  }

  private boolean over() {
    return tooBig || place == Place.ENDED_BY_EMPTY_LINE || place == Place.ENDED_BY_TEXT;
  }

  private void inLine(byte octet) {
    switch (place) {
      case LINE_START -> firstOfLine(octet);
      case NAME -> inName(octet);
      case BLANKS_BEHIND_NAME -> behindName(octet);
      case REST -> {}
      case ENDED_BY_EMPTY_LINE, ENDED_BY_TEXT -> throw new AssertionError("behind the header");
    }
    lineOctets++;
    if (place == Place.REST
        && (lineOctets > rules.maxHeaderLineOctets()
            || octets + lineOctets > rules.maxHeaderOctets())) {
      longestLine = Math.max(longestLine, lineOctets);
      octets += lineOctets;
      tooBig = true;
    }
  }

  private void firstOfLine(byte octet) {
    nameLength = 0;
    looksReceived = true;
    if (isBlank(octet)) {
      place = fieldSeen ? Place.REST : Place.ENDED_BY_TEXT;
    } else {
      place = Place.NAME;
      inName(octet);
    }
  }

  private void inName(byte octet) {
    if (octet == ':' && nameLength > 0) {
      nameEnded();
    } else if (isBlank(octet) && nameLength > 0) {
      place = Place.BLANKS_BEHIND_NAME;
    } else if (octet > ' ' && octet < 127 && octet != ':' && nameLength < MAX_NAME_OCTETS) {
      looksReceived &= nameLength < RECEIVED.length && (octet | 0x20) == RECEIVED[nameLength];
      nameLength++;
    } else {
      place = Place.ENDED_BY_TEXT;
    }
  }

  private void behindName(byte octet) {
    if (octet == ':') {
      nameEnded();
    } else if (!isBlank(octet)) {
      place = Place.ENDED_BY_TEXT;
    }
  }

  private void nameEnded() {
    fieldSeen = true;
    if (looksReceived && nameLength == RECEIVED.length) {
      hops++;
    }
    place = Place.REST;
  }

  private void endOfLine() {
    switch (place) {
      case LINE_START -> place = Place.ENDED_BY_EMPTY_LINE;
      case NAME, BLANKS_BEHIND_NAME -> place = Place.ENDED_BY_TEXT;
      case REST -> {
        octets += lineOctets + 2;
        longestLine = Math.max(longestLine, lineOctets);
        lineOctets = 0;
        tooBig = octets > rules.maxHeaderOctets();
        place = Place.LINE_START;
      }
      case ENDED_BY_EMPTY_LINE, ENDED_BY_TEXT -> throw new AssertionError("behind the header");
    }
  }

  private static boolean isBlank(byte octet) {
    return octet == ' ' || octet == '\t';
  }
}
