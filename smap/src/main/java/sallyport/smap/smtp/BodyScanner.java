package sallyport.smap.smtp;

/**
 * Finds the end of a message body in raw octets and takes the dot stuffing out.
 *
 * <p>Octets come in pieces cut anywhere; runs of them go to a {@link Sink} in place, without
 * copying. Only {@code CR LF . CR LF} ends a body, or {@code . CR LF} as its very first line (the
 * CR LF before it is that of DATA). Whatever else CR, LF, NUL and dots do is content: it can break
 * a rule, but it never ends the body, because the end is sought in the raw octets before {@link
 * LineEnds#NORMALIZE} changes any of them. A broken rule stops the sink, never the search.
 *
 * <pre>
 *   data-line: "The first character of a line is a period and there are other characters on the
 *   line: the first character is deleted."                                (RFC 5321 section 4.5.2)
 *
 *              . (held)            CR (held)           LF
 *   LINE_START ───────▶ DOT ────────────────▶ DOT_CR ───────▶ ENDED
 *     ▲  │ other         │ other               │ other
 *     │  ▼               ▼                     ▼ (the CR was bare)
 *  LF │ TEXT ◀───────────┴─────────────────────┘
 *     │  │ CR
 *     └─ CR
 * </pre>
 *
 * <p>One scanner reads one body, on one thread at a time; it holds no octets.
 */
public final class BodyScanner {
  private static final byte CR = '\r';
  private static final byte LF = '\n';
  private static final byte DOT = '.';
  private static final byte[] CRLF = {CR, LF};

  private enum Place {
    LINE_START,
    DOT,
    DOT_CR,
    TEXT,
    CR,
    ENDED
  }

  private final BodyRules rules;
  private final HeaderFacts header;
  private Place place = Place.LINE_START;
  private long octets;
  private boolean tooBig;
  private boolean bareCr;
  private boolean bareLf;
  private boolean nul;

  /** A scanner that stands behind the CR LF of DATA. */
  public BodyScanner(BodyRules rules) {
    this.rules = rules;
    this.header = new HeaderFacts(rules);
  }

  /**
   * Reads on.
   *
   * @return how many octets were consumed: all of them, or fewer when the end was reached
   */
  public <X extends Exception> int feed(byte[] from, int offset, int length, Sink<X> out) throws X {
    int end = offset + length;
    int run = offset; // from here to at: octets that go out as they are
    int at = offset;
    while (at < end && place != Place.ENDED) {
      switch (place) {
        case TEXT -> {
          at = nextControl(from, at, end);
          if (at < end && from[at] == CR) {
            place = Place.CR;
            at++;
          } else if (at < end) {
            emit(from, run, at, out);
            bareLfOrNul(from[at], out);
            run = ++at;
          }
        }
        case CR -> {
          if (from[at] == LF) {
            place = Place.LINE_START;
            at++;
          } else {
            emit(from, run, at, out);
            run = at;
            bareCr(out);
          }
        }
        case LINE_START -> {
          if (from[at] == DOT) {
            emit(from, run, at, out);
            run = ++at;
            place = Place.DOT;
          } else {
            place = Place.TEXT;
          }
        }
        case DOT -> {
          if (from[at] == CR) {
            run = ++at;
            place = Place.DOT_CR;
          } else {
            place = Place.TEXT;
          }
        }
        case DOT_CR -> {
          if (from[at] == LF) {
            run = ++at;
            place = Place.ENDED;
          } else {
            emit(CRLF, 0, 1, out);
            bareCr(out);
          }
        }
        case ENDED -> throw new AssertionError("the loop has ended");
      }
    }
    emit(from, run, at, out);
    return at - offset;
  }

  /** CR LF . CR LF was seen; what is left unconsumed is the next command. */
  public boolean ended() {
    return place == Place.ENDED;
  }

  /** A rule was broken: nothing more goes to the sink, and the message will be refused. */
  public boolean refused() {
    boolean malformed = rules.lineEnds() == LineEnds.REJECT && (bareCr || bareLf || nul);
    return tooBig || malformed || header.tooBig();
  }

  /** What was seen so far. */
  public BodyReport report() {
    return new BodyReport(
        octets,
        tooBig,
        bareCr,
        bareLf,
        nul,
        header.hops(),
        header.octets(),
        header.longestLine(),
        header.endedByEmptyLine());
  }

  /** The loop that sees every octet: the first test settles nearly all of them. */
  private static int nextControl(byte[] from, int at, int end) {
    int i = at;
    while (i < end && (from[i] > CR || !isControl(from[i]))) {
      i++;
    }
    return i;
  }

  private static boolean isControl(byte octet) {
    return octet == CR || octet == LF || octet == 0;
  }

  /** The CR has gone out; what came behind it is no LF. */
  private <X extends Exception> void bareCr(Sink<X> out) throws X {
    bareCr = true;
    emit(CRLF, 1, 2, out);
    place = Place.TEXT;
  }

  private <X extends Exception> void bareLfOrNul(byte octet, Sink<X> out) throws X {
    if (octet == LF) {
      bareLf = true;
      emit(CRLF, 0, 2, out);
    } else {
      nul = true;
    }
  }

  private <X extends Exception> void emit(byte[] from, int start, int end, Sink<X> out) throws X {
    if (start == end || refused()) {
      return;
    }
    header.accept(from, start, end);
    if (end - start > rules.maxOctets() - octets) {
      tooBig = true;
      return;
    }
    octets += end - start;
    out.write(from, start, end - start);
  }
}
