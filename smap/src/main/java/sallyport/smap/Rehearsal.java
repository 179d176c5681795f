package sallyport.smap;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import sallyport.smap.smtp.Action;
import sallyport.smap.smtp.BodyScanner;
import sallyport.smap.smtp.Dialogue;
import sallyport.smap.smtp.Input;
import sallyport.smap.smtp.LineEnds;
import sallyport.smap.smtp.Policy;
import sallyport.smap.smtp.ReceivedField;
import sallyport.smap.smtp.RecipientPolicy;
import sallyport.smap.smtp.SenderPolicy;
import sallyport.smap.smtp.State;
import sallyport.smap.smtp.Step;
import sallyport.smap.smtp.Transaction;

/**
 * One whole session with nobody, before the jail is entered: whatever the JDK loads from outside
 * when it is first needed (time zones, date formats) is there afterwards.
 */
final class Rehearsal {

  private static final List<String> SCRIPT =
      List.of("EHLO rehearsal.invalid", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA");

  private Rehearsal() {}

  static void run(SmapConfig config) {
    Dialogue dialogue =
        new Dialogue(
            new Policy(
                config.hostname(),
                config.limits(),
                LineEnds.REJECT,
                SenderPolicy.any(),
                recipient -> RecipientPolicy.Verdict.ACCEPT));
    State state = dialogue.on(State.initial(), new Input.Opened()).state();
    for (String line : SCRIPT) {
      Step step = dialogue.on(state, new Input.Line(line.getBytes(StandardCharsets.US_ASCII)));
      state = step.state();
      for (Action action : step.actions()) {
        if (action instanceof Action.ReceiveBody(Transaction transaction, var rules)) {
          receive(transaction, new BodyScanner(rules), config.hostname());
        }
      }
    }
  }

  private static void receive(Transaction transaction, BodyScanner scanner, String hostname) {
    byte[] field =
        ReceivedField.of(
            java.net.InetAddress.getLoopbackAddress(),
            "unknown",
            hostname,
            "rehearsal",
            transaction,
            "",
            Instant.now());
    byte[] end = "\r\n.\r\n".getBytes(StandardCharsets.US_ASCII);
    scanner.feed(field, 0, field.length, (octets, offset, length) -> {});
    scanner.feed(end, 0, end.length, (octets, offset, length) -> {});
    if (!scanner.ended()) {
      throw new IllegalStateException("the rehearsal did not come to its end");
    }
  }
}
