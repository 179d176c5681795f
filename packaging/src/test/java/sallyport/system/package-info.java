/**
 * Tests of the whole: the distribution's programs as child processes on loopback, with tables made
 * for the occasion, real mail programs around them, and what the kernel says about them.
 *
 * <p>{@link sallyport.system.Gateway} starts and stops the two daemons, {@link
 * sallyport.system.Child} holds any child process and what it printed, {@link
 * sallyport.system.Wire} speaks SMTP octet by octet, {@link sallyport.system.Hub} and its
 * implementations are what stands inside. For the login side {@link sallyport.system.LoginGateway}
 * does the same for authsrv, pop3-gw and the command authdb, with {@link
 * sallyport.system.Pop3Peer}, {@link sallyport.system.Pop3Wire} and {@link
 * sallyport.system.Dovecot} around them. {@link sallyport.system.Needs} says what a test needs of
 * the machine.
 */
package sallyport.system;
