package sallyport.pop3gw.pop3;

import java.util.Optional;

/** Where the login at an inside server stands; no state holds a digest or a secret. */
public sealed interface InsideState {

  /** A connection that has just been made. */
  static InsideState initial() {
    return new Greeting();
  }

  /** The greeting is awaited. */
  record Greeting() implements InsideState {}

  /**
   * CAPA was sent, its first line is awaited.
   *
   * @param timestamp of the greeting, if APOP is the way; it came readable, and is judged as any
   *     other before it is answered
   */
  record AskingCapabilities(Optional<String> timestamp) implements InsideState {}

  /**
   * The list of CAPA is being read.
   *
   * @param lines read so far
   * @param stls whether STLS was among them
   */
  record Listing(Optional<String> timestamp, int lines, boolean stls) implements InsideState {}

  /** STLS was sent, its answer is awaited. */
  record AnsweringStls(Optional<String> timestamp) implements InsideState {}

  /** The TLS handshake is under way. */
  record Securing(Optional<String> timestamp) implements InsideState {}

  /** authsrv has been asked for the digest; nothing is read from the server. */
  record Digesting() implements InsideState {}

  /** USER was sent, its answer is awaited. */
  record AnsweringUser() implements InsideState {}

  /** authsrv has been asked for the secret; nothing is read from the server. */
  record Fetching() implements InsideState {}

  /** APOP or PASS was sent, its answer is awaited. */
  record AnsweringLogin() implements InsideState {}

  /** Ready or failed; nothing may be given any more. */
  record Over() implements InsideState {}
}
