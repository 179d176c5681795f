package sallyport.pop3gw.pop3;

/**
 * The outcome of one input.
 *
 * @param state where the login stands now
 * @param action the one thing to do
 */
public record InsideStep(InsideState state, InsideAction action) {}
