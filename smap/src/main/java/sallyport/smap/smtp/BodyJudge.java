package sallyport.smap.smtp;

import java.util.Optional;

/** Says whether a body that was read to its end is refused, and how. */
final class BodyJudge {
  private BodyJudge() {}

  static Optional<Reply> refusal(Policy policy, BodyReport report) {
    if (report.tooBig()) {
      return Optional.of(Replies.tooBig());
    }
    boolean malformed = report.bareCr() || report.bareLf() || report.nul();
    if (malformed && policy.lineEnds() == LineEnds.REJECT) {
      return Optional.of(Replies.badLineEnds());
    }
    if (report.longestHeaderLine() > BodyRules.MAX_HEADER_LINE_OCTETS) {
      return Optional.of(Replies.headerLineTooLong());
    }
    if (report.headerOctets() > BodyRules.MAX_HEADER_OCTETS) {
      return Optional.of(Replies.headerTooBig());
    }
    if (report.hops() > policy.limits().maxHops()) {
      return Optional.of(Replies.tooManyHops());
    }
    return Optional.empty();
  }
}
