/**
 * TLS on every leg, by JSSE's engine.
 *
 * <h2>Name</h2>
 *
 * sallyport.daemon.tls - certificates, profiles, and TLS over a connection's streams
 *
 * <h2>Summary</h2>
 *
 * {@link ServerTls} (certificates that others see) and {@link ClientTlsOptions} with {@link
 * ClientTls} (how servers are spoken to) are made from the table before the jail is entered. {@link
 * TlsStreams} does the handshake and carries octets; a daemon reaches it by {@code
 * Connection.startTls}. {@link TlsFacts} is what the log and {@code Received:} say of it.
 *
 * <h2>Standards</h2>
 *
 * RFC 8446 (TLS 1.3), 5246 (TLS 1.2), 7627 (extended master secret), 6066 (SNI), 6125 (names in
 * certificates), 7468 (PEM), 5958 (PKCS#8), 8017 (PKCS#1), 5915 (EC keys).
 *
 * <h2>What it promises</h2>
 *
 * <ul>
 *   <li>Nothing below TLS 1.2, no CBC, no key exchange by RSA: {@link TlsProfile}.
 *   <li>A peer that wants to renegotiate is refused; there is no early data and no compression.
 *   <li>An end without close_notify is told apart from one with it.
 *   <li>Only {@code verify} claims to know who the server is.
 * </ul>
 *
 * <h2>Limits</h2>
 *
 * <table>
 *   <caption>Bounds</caption>
 *   <tr><td>{@link TlsStreams#MAX_HANDSHAKE_OCTETS}</td><td>128 KiB from the peer in a handshake</td></tr>
 *   <tr><td>{@link TlsStreams#MAX_EMPTY_RECORDS}</td><td>32 records in a row without data</td></tr>
 *   <tr><td>{@link ServerTls#SESSIONS_KEPT}, {@link ServerTls#SESSION_TIME}</td><td>1,000 sessions to
 *       resume, for an hour; tickets are encrypted to ourselves and cost no memory</td></tr>
 *   <tr><td>{@link ClientTls#SESSIONS_KEPT}</td><td>100 sessions to resume</td></tr>
 *   <tr><td>{@link ServerTls#MAX_CERTIFICATES}</td><td>100 certificates, 10 in a chain, 4 MiB a file</td></tr>
 *   <tr><td>{@link ServerTls#EXPIRY_WARNING}</td><td>21 days</td></tr>
 * </table>
 *
 * <h2>Configuration</h2>
 *
 * {@code tls-cert}, {@code tls-key}, {@code tls-profile}, {@code tls-min}: {@link ServerTls};
 * options of {@code relay}, {@code server} and their like: {@link ClientTlsOptions}.
 */
@NullMarked
package sallyport.daemon.tls;

import org.jspecify.annotations.NullMarked;
