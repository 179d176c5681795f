package sallyport.authdb;

/** What became of a change of name. */
public enum Rename {
  DONE,
  NO_SUCH_USER,
  NAME_TAKEN
}
