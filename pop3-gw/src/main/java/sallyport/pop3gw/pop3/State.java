package sallyport.pop3gw.pop3;

import java.util.Optional;

/**
 * Where a client's session stands. The data lives inside the state, so APOP without a challenge, or
 * PASS without USER, cannot be represented. No state holds a digest or a secret. Transitions are
 * made by {@link Dialogue} only.
 */
public sealed interface State {

  /**
   * A session that has just been accepted: give it {@link Input.Opened} to be greeted; but where
   * TLS comes first make the handshake, and give it {@link Input.TlsStarted} before.
   */
  static State initial(Transport transport) {
    Connected connected = new Connected(transport);
    return transport == Transport.TLS ? new Negotiating(connected) : connected;
  }

  /** Accepted, not greeted yet. */
  record Connected(Transport transport) implements State {}

  /**
   * The TLS handshake is under way. Nothing can be said to the client until it is done, and nothing
   * if it fails.
   *
   * @param next where the session stands when it is
   */
  record Negotiating(State next) implements State {}

  /** States in which the next input is a line of the client. */
  sealed interface Ready extends State {
    /** The challenge of the greeting; empty if APOP is not offered. */
    Optional<String> challenge();

    /** How the octets travel. */
    Transport transport();

    /** Commands answered so far. */
    int commands();

    /** The same state with another number of commands. */
    Ready withCommands(int changed);
  }

  /** Greeted; nobody has been named. */
  record Greeted(Optional<String> challenge, Transport transport, int commands) implements Ready {
    @Override
    public Greeted withCommands(int changed) {
      return new Greeted(challenge, transport, changed);
    }
  }

  /**
   * USER was accepted, whoever it names.
   *
   * @param login as typed; empty if no name can look like that
   */
  record Named(
      Optional<String> challenge, Transport transport, int commands, Optional<String> login)
      implements Ready {
    @Override
    public Named withCommands(int changed) {
      return new Named(challenge, transport, changed, login);
    }
  }

  /** AUTH PLAIN was said without a response: the next line is one. */
  record Exchanging(Optional<String> challenge, Transport transport, int commands)
      implements Ready {
    @Override
    public Exchanging withCommands(int changed) {
      return new Exchanging(challenge, transport, changed);
    }
  }

  /**
   * authsrv has been asked; nothing is read from the client.
   *
   * @param login as typed; empty if no name can look like that
   */
  record Verifying(Optional<String> login) implements State {}

  /** authsrv has said yes; the inside server is being logged in to. */
  record Connecting(String server) implements State {}

  /** Both logins are done; octets are carried untouched, and every further input is ignored. */
  record Relaying() implements State {}

  /** Over. Every further input is ignored. */
  record Closed() implements State {}
}
