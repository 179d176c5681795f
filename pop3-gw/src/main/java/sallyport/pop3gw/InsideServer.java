package sallyport.pop3gw;

import sallyport.netperm.HostAndPort;
import sallyport.pop3gw.pop3.LoginMethod;

/**
 * One {@code server} line: a mail server that users may name.
 *
 * @param name as users write it behind {@code %}, lower case
 * @param address where it is
 * @param method how the gateway logs in there; never anything else
 */
record InsideServer(String name, HostAndPort address, LoginMethod method) {}
