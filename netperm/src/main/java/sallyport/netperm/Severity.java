package sallyport.netperm;

/** How much a {@link Problem} weighs. */
public enum Severity {
  /** A daemon that the line concerns refuses to start. */
  ERROR,
  /** The daemon starts, but the line does not do what its author may think. */
  WARNING
}
