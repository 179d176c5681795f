package sallyport.daemon;

/** What a daemon may open towards others once it serves; the kernel holds it to that. */
public enum Outgoing {
  /** Connections to others, as its work needs; nothing new that listens. */
  CONNECTIONS("connections"),
  /** Datagrams to name servers; no stream socket. */
  DATAGRAMS("datagrams"),
  /** Nothing: no socket is made and none connected. */
  NOTHING("nothing");

  private final String word;

  Outgoing(String word) {
    this.word = word;
  }

  /** The word in the log. */
  String word() {
    return word;
  }
}
