package sallyport.smap.smtp;

import java.util.ArrayList;
import java.util.List;
import sallyport.smap.smtp.Command.Fault;

/**
 * Every reply there is. Nothing the client sent goes into one, and nothing about what stands behind
 * the gateway; our own name and the queue id do.
 */
final class Replies {
  // The three that every message needs.
  private static final Reply SENDER_ACCEPTED = Reply.of(250, "2.1.0", "Sender accepted");
  private static final Reply RECIPIENT_ACCEPTED = Reply.of(250, "2.1.5", "Recipient accepted");
  private static final Reply START_BODY = Reply.of(354, "", "End data with <CR><LF>.<CR><LF>");

  private Replies() {}

  // ---- greeting

  static Reply greeting(String hostname) {
    return Reply.of(220, "", hostname + " ESMTP Sallyport");
  }

  static Reply notPermitted() {
    return Reply.of(554, "5.7.1", "This host may not send mail here");
  }

  static Reply overloaded() {
    return Reply.of(421, "4.3.2", "Too many sessions, try again later");
  }

  static Reply helo(String hostname) {
    return Reply.of(250, "", hostname);
  }

  static Reply ehlo(String hostname, long maxOctets, boolean startTls) {
    List<String> lines = new ArrayList<>();
    lines.add(hostname);
    lines.add("PIPELINING");
    lines.add("SIZE " + maxOctets);
    if (startTls) {
      lines.add("STARTTLS");
    }
    lines.add("8BITMIME");
    lines.add("ENHANCEDSTATUSCODES");
    return new Reply(250, "", lines);
  }

  // ---- TLS

  static Reply beginTls() {
    return Reply.of(220, "2.0.0", "Ready to start TLS");
  }

  static Reply tlsFirst() {
    return Reply.of(530, "5.7.0", "Must issue a STARTTLS command first");
  }

  static Reply tlsActive() {
    return Reply.of(503, "5.5.1", "TLS is active already");
  }

  // ---- mail

  static Reply senderAccepted() {
    return SENDER_ACCEPTED;
  }

  static Reply sender(SenderPolicy.Verdict verdict) {
    return switch (verdict) {
      case ACCEPT -> senderAccepted();
      case REFUSED -> Reply.of(550, "5.7.1", "Sender refused");
    };
  }

  static Reply recipientAccepted() {
    return RECIPIENT_ACCEPTED;
  }

  static Reply recipient(RecipientPolicy.Verdict verdict) {
    return switch (verdict) {
      case ACCEPT -> recipientAccepted();
      case RELAYING_DENIED -> Reply.of(550, "5.7.1", "Relaying denied");
      case UNKNOWN -> Reply.of(550, "5.1.1", "No such recipient");
      case NO_ROUTE -> Reply.of(550, "5.4.4", "No route to this domain");
    };
  }

  static Reply tooManyRecipients() {
    return Reply.of(452, "4.5.3", "Too many recipients for one message");
  }

  static Reply startBody() {
    return START_BODY;
  }

  static Reply committed(String queueId) {
    return Reply.of(250, "2.0.0", "Ok: queued as " + queueId);
  }

  static Reply notCommitted(Input.CommitRefused.Reason reason) {
    return switch (reason) {
      case NO_SPACE -> Reply.of(452, "4.3.1", "Not enough space, try again later");
      case TROUBLE -> Reply.of(451, "4.3.0", "Local trouble, try again later");
    };
  }

  // ---- bodies refused

  static Reply tooBig() {
    return Reply.of(552, "5.3.4", "Message is larger than allowed");
  }

  static Reply badLineEnds() {
    return Reply.of(550, "5.6.11", "Message holds a bare CR, a bare LF or a NUL");
  }

  static Reply headerTooBig() {
    return Reply.of(552, "5.6.0", "Header is larger than allowed");
  }

  static Reply headerLineTooLong() {
    return Reply.of(550, "5.6.0", "Header line is longer than allowed");
  }

  static Reply tooManyHops() {
    return Reply.of(554, "5.4.6", "Too many hops: the message is in a loop");
  }

  // ---- other verbs

  static Reply reset() {
    return Reply.of(250, "2.0.0", "Ok");
  }

  static Reply noop() {
    return Reply.of(250, "2.0.0", "Ok");
  }

  static Reply verify() {
    return Reply.of(252, "2.0.0", "Addresses are not verified; send mail to try one");
  }

  static Reply help() {
    return Reply.of(214, "2.0.0", "HELO EHLO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP");
  }

  static Reply goodbye(String hostname) {
    return Reply.of(221, "2.0.0", hostname + " closing connection");
  }

  static Reply notOffered() {
    return Reply.of(502, "5.5.1", "Command not implemented");
  }

  static Reply unknown() {
    return Reply.of(500, "5.5.1", "Command not recognised");
  }

  // ---- order

  static Reply helloFirst() {
    return Reply.of(503, "5.5.1", "Send HELO or EHLO first");
  }

  static Reply mailFirst() {
    return Reply.of(503, "5.5.1", "Send MAIL first");
  }

  static Reply nestedMail() {
    return Reply.of(503, "5.5.1", "A sender was given already");
  }

  static Reply noRecipients() {
    return Reply.of(554, "5.5.1", "No valid recipients");
  }

  // ---- syntax

  static Reply lineTooLong() {
    return Reply.of(500, "5.5.2", "Line too long");
  }

  static Reply faulty(Fault fault) {
    return switch (fault) {
      case EMPTY_LINE -> Reply.of(500, "5.5.2", "Empty command");
      case CONTROL_CHARACTER -> Reply.of(501, "5.5.2", "Control character in command");
      case NO_NAME -> Reply.of(501, "5.5.4", "A host name is needed");
      case BAD_NAME -> Reply.of(501, "5.5.4", "Malformed host name");
      case ARGUMENT_MISSING -> Reply.of(501, "5.5.4", "An argument is needed");
      case ARGUMENT_UNWANTED -> Reply.of(501, "5.5.4", "No argument is allowed");
      case BAD_SENDER -> Reply.of(501, "5.1.7", "Malformed sender, expected FROM:<user@domain>");
      case LONG_SENDER -> Reply.of(501, "5.1.7", "Sender too long");
      case DANGEROUS_SENDER -> Reply.of(553, "5.1.7", "Sender not allowed");
      case BAD_RECIPIENT ->
          Reply.of(501, "5.1.3", "Malformed recipient, expected TO:<user@domain>");
      case LONG_RECIPIENT -> Reply.of(501, "5.1.3", "Recipient too long");
      case DANGEROUS_RECIPIENT -> Reply.of(553, "5.1.3", "Recipient not allowed");
      case RELAY_FORM -> Reply.of(550, "5.7.1", "Relaying by address form denied");
      case EIGHT_BIT_ADDRESS ->
          Reply.of(553, "5.6.7", "Internationalised addresses (SMTPUTF8) are not supported");
      case SMTPUTF8 -> Reply.of(555, "5.6.7", "SMTPUTF8 is not supported");
      case BAD_PARAMETER -> Reply.of(501, "5.5.4", "Malformed parameter");
      case UNKNOWN_PARAMETER -> Reply.of(555, "5.5.4", "Parameter not supported");
      case BAD_SIZE -> Reply.of(501, "5.5.4", "Malformed SIZE");
      case BAD_BODY -> Reply.of(501, "5.5.4", "BODY is 7BIT or 8BITMIME");
    };
  }

  // ---- the end

  static Reply tooManyErrors() {
    return Reply.of(421, "4.7.0", "Too many errors, closing connection");
  }

  static Reply bareLineEnd() {
    return Reply.of(521, "5.5.2", "Lines end in CR LF, closing connection");
  }

  static Reply notSmtp() {
    return Reply.of(554, "5.5.1", "This port speaks SMTP only, closing connection");
  }

  static Reply sentAhead() {
    return Reply.of(554, "5.5.1", "You sent before it was your turn, closing connection");
  }

  static Reply noChunks() {
    return Reply.of(521, "5.5.1", "BDAT was not offered, closing connection");
  }

  static Reply timedOut() {
    return Reply.of(421, "4.4.2", "Timed out, closing connection");
  }

  static Reply tooSlow() {
    return Reply.of(421, "4.4.2", "Too slow, closing connection");
  }

  static Reply sessionTooOld() {
    return Reply.of(421, "4.4.2", "Session has lasted too long, closing connection");
  }

  static Reply shuttingDown() {
    return Reply.of(421, "4.3.2", "Service is going down, closing connection");
  }

  static Reply evicted() {
    return Reply.of(421, "4.3.2", "Busy, and this session sent no mail; closing connection");
  }
}
