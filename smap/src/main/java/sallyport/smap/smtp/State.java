package sallyport.smap.smtp;

/**
 * Where a session stands. The data lives inside the state, so a recipient without a sender, or a
 * body without a recipient, cannot be represented. Transitions are made by {@link Dialogue} only.
 */
public sealed interface State {

  /** A session that has just been accepted; give it {@link Input.Opened} to be greeted. */
  static State initial() {
    return initial(Channel.CLEAR);
  }

  /** The same on a channel that may be TLS from the first octet. */
  static State initial(Channel channel) {
    return new Connected(Tally.NONE, channel);
  }

  /** States in which the next input is a command. */
  sealed interface Ready extends State {
    /** What has gone wrong so far. */
    Tally tally();

    /** The same state with another tally. */
    Ready with(Tally changed);

    /** What the session runs on. */
    Channel channel();
  }

  /** Connected, and no HELO or EHLO yet. */
  record Connected(Tally tally, Channel channel) implements Ready {
    @Override
    public Connected with(Tally changed) {
      return new Connected(changed, channel);
    }
  }

  /** HELO or EHLO was accepted; no mail transaction is open. */
  record Greeted(Tally tally, Greeting greeting) implements Ready {
    @Override
    public Greeted with(Tally changed) {
      return new Greeted(changed, greeting);
    }

    @Override
    public Channel channel() {
      return greeting.channel();
    }
  }

  /** MAIL was accepted. */
  record HasSender(Tally tally, Transaction transaction) implements Ready {
    @Override
    public HasSender with(Tally changed) {
      return new HasSender(changed, transaction);
    }

    @Override
    public Channel channel() {
      return transaction.greeting().channel();
    }
  }

  /** At least one RCPT was accepted. From here on the session has got somewhere. */
  record HasRecipients(Tally tally, Transaction transaction) implements Ready {
    @Override
    public HasRecipients with(Tally changed) {
      return new HasRecipients(changed, transaction);
    }

    @Override
    public Channel channel() {
      return transaction.greeting().channel();
    }
  }

  /**
   * 220 to STARTTLS was sent; the next octets are a handshake. What the client said is forgotten.
   */
  record Securing(Tally tally) implements State {}

  /** 354 was sent; octets are a message body until its end. */
  record Receiving(Tally tally, Transaction transaction) implements State {}

  /** The body was accepted and the spool has been asked to make it durable. */
  record Committing(Tally tally, Transaction transaction) implements State {}

  /** Over. Every further input is ignored. */
  record Closed() implements State {}
}
