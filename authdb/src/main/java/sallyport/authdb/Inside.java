package sallyport.authdb;

import java.util.Optional;

/**
 * What differs for a user at an inside server.
 *
 * @param name by which that server knows the user, if it is another one
 * @param ownSecret whether there is a secret for that server; else it is the front secret
 */
public record Inside(Optional<String> name, boolean ownSecret) {}
