package sallyport.spool;

/** What became of one recipient in one attempt. */
public sealed interface Outcome {
  /**
   * Final: the hub took it.
   *
   * @param reply the hub's answer
   */
  record Delivered(String reply) implements Outcome {}

  /**
   * Not final: to be tried again.
   *
   * @param reason why
   */
  record Deferred(String reason) implements Outcome {}

  /**
   * Final: the hub refused it for good and that has been dealt with.
   *
   * @param reply the hub's answer
   */
  record Failed(String reply) implements Outcome {}
}
