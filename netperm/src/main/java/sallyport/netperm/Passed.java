package sallyport.netperm;

/** A host rule that did not match a request, and the first thing that did not fit. */
public record Passed(Rule rule, Unfit unfit) {
  public enum Unfit {
    USER,
    DESTINATION,
    HOST
  }
}
