package sallyport.authdb.cli;

/** A number with its noun. */
final class Count {
  private Count() {}

  static String users(int count) {
    return count == 1 ? "1 user" : count + " users";
  }
}
