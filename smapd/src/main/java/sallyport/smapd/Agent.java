package sallyport.smapd;

/**
 * Who takes our mail: a {@link Hub} by SMTP, or a {@link Sendmail} program. One for each {@link
 * Destination}.
 *
 * <p>Safe for all threads.
 */
sealed interface Agent extends AutoCloseable permits Hub, Sendmail {

  /** What the table calls it. */
  Destination name();

  /**
   * Hands over one message and waits for what comes of it, for a bounded time.
   *
   * @param behind may be asked for the message that this thread hands over next, if that can be
   *     begun before what comes of this one is known
   */
  Handover.Result deliver(Handover handover, Handover.Behind behind);

  /** The same for a message that nothing is to be begun behind. */
  default Handover.Result deliver(Handover handover) {
    return deliver(handover, Handover.Behind.NOTHING);
  }

  /** Lets go of what has rested too long to be kept. */
  void closeIdle();

  /** Lets go, in good order, of all that rests. */
  @Override
  void close();

  /** Ends everything at once, also under a worker's hands, and allows nothing new. */
  void cut();
}
