package sallyport.smapd;

import sallyport.spool.Envelope;

/**
 * A recipient whom a message has not reached, for good or so far, and what a report says about it.
 *
 * @param recipient the forward path without brackets, as the envelope has it
 * @param status {@code 4.x.x} or {@code 5.x.x}, see {@link EnhancedStatus}
 * @param hub the name of the mail server that answered; empty if none did
 * @param diagnostic what it answered, or why nothing could be asked: one line of printable ASCII
 */
record Failure(String recipient, String status, String hub, String diagnostic) {

  /** The longest host name, RFC 1035. */
  private static final int MAX_HUB = 255;

  /**
   * Makes the texts fit for mail headers, whatever a hub said.
   *
   * @throws IllegalArgumentException for a status or a recipient that is none
   */
  Failure {
    if (!EnhancedStatus.isFailure(status)) {
      throw new IllegalArgumentException("status " + status);
    }
    if (recipient.isEmpty() || recipient.length() > Envelope.MAX_ADDRESS) {
      throw new IllegalArgumentException("recipient of " + recipient.length() + " characters");
    }
    hub = HubReply.clean(hub).replace(' ', '_');
    hub = hub.substring(0, Math.min(MAX_HUB, hub.length()));
    diagnostic = HubReply.clean(diagnostic);
  }

  /** Refused for good by a hub or a program that said {@code reply}. */
  static Failure refused(String recipient, String hub, String reply) {
    return new Failure(recipient, EnhancedStatus.ofRefusal(reply), hub, reply);
  }

  /** Not reached in the time allowed; {@code last} is what the last attempt met with. */
  static Failure expired(String recipient, String hub, String last) {
    return new Failure(recipient, EnhancedStatus.EXPIRED, hub, last);
  }

  /** Not reached so far; {@code last} is what the last attempt met with. */
  static Failure waiting(String recipient, String hub, String last) {
    return new Failure(recipient, EnhancedStatus.ofDeferral(last), hub, last);
  }

  /** Refused by the gateway itself. */
  static Failure own(String recipient, String status, String reason) {
    return new Failure(recipient, status, "", reason);
  }

  /** Whether {@link #diagnostic} is the reply of an SMTP server. */
  boolean isSmtpReply() {
    return !hub.isEmpty() && EnhancedStatus.startsWithReplyCode(diagnostic);
  }
}
