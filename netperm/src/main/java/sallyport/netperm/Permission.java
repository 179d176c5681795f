package sallyport.netperm;

/** What stood before a keyword. */
public enum Permission {
  /** Neither {@code permit-} nor {@code deny-}; for {@code hosts} this permits. */
  NONE(""),
  PERMIT("permit-"),
  DENY("deny-");

  private final String prefix;

  Permission(String prefix) {
    this.prefix = prefix;
  }

  /** The prefix as written in the table, with its hyphen; empty for {@link #NONE}. */
  public String prefix() {
    return prefix;
  }
}
