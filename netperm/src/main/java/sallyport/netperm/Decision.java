package sallyport.netperm;

import java.util.Optional;

/**
 * What the table says of a request.
 *
 * @param rule the line that decided; empty when none matched, which denies
 * @param name what was found of the client's name; {@link HostName.Reason#MISMATCH} deserves a
 *     security alert, {@link HostName.Reason#NOT_ASKED} means that no look-up was made
 */
public record Decision(boolean permitted, Optional<Rule> rule, HostName name) {}
