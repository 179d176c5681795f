package sallyport.pop3gw.pop3;

/** Where the login at an inside server stands; no state holds a digest or a secret. */
public sealed interface InsideState {

  /** A connection that has just been made. */
  static InsideState initial() {
    return new Greeting();
  }

  /** The greeting is awaited. */
  record Greeting() implements InsideState {}

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
