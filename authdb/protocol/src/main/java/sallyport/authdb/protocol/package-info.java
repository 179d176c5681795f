/**
 * What a gateway and authsrv say to each other.
 *
 * <h2>Name</h2>
 *
 * authsrv-protocol - the lines on authsrv's Unix socket, and the gateway's side of them
 *
 * <h2>Grammar</h2>
 *
 * A stream of lines in ASCII, each ended by LF and at most {@value
 * sallyport.authdb.protocol.Wire#MAX_LINE} octets long with it. Fields are separated by one space.
 * Inside a field an octet outside {@code 0x21-0x7E}, and {@code %}, is written {@code %XX}
 * (upper-case hex), no other octet is, and an empty field is {@code %}.
 *
 * <pre>
 * greeting  = "sallyport-authsrv" SP "1" LF             ; sent by authsrv to a permitted peer
 * request   = tag SP ( "challenge"
 *                    / "verify"   SP login SP challenge SP digest SP source
 *                    / "password" SP login SP secret SP source
 *                    / "deny"     SP login SP source SP reason
 *                    / "respond"  SP grant SP timestamp
 *                    / "secret"   SP grant ) LF
 * reply     = tag SP ( "ok" *3( SP field ) / "refused" / "unavailable" ) LF
 * tag       = 1*16( DIGIT / "a"-"f" )   ; chosen by the gateway, unique among what is outstanding
 * login     = field                     ; as the user typed it, at most 255 octets
 * challenge = field                     ; the front challenge as it was given, at most 512 octets
 * digest    = 32( DIGIT / "a"-"f" )
 * secret    = field                     ; at most 255 octets
 * source    = field                     ; the client's address, an IP literal without scope
 * reason    = field                     ; why the gateway's own rules refuse, at most 128 octets
 * grant     = 32( DIGIT / "a"-"f" )
 * timestamp = field                     ; of the inside server, at most 512 octets
 * </pre>
 *
 * <table>
 *   <caption>Requests and what {@code ok} carries</caption>
 *   <tr><td>challenge</td><td>the whole {@code <sp.RANDOM.MAC@hostname>}</td></tr>
 *   <tr><td>verify, password</td><td>grant, server, name of the user on that server</td></tr>
 *   <tr><td>deny</td><td>nothing: it is always refused, and held back like any refusal</td></tr>
 *   <tr><td>respond</td><td>the digest for the inside server, 32 lower-case hex digits</td></tr>
 *   <tr><td>secret</td><td>the user's own secret for an inside server without APOP</td></tr>
 * </table>
 *
 * Replies come in any order: refusals of {@code verify}, {@code password} and {@code deny} are held
 * back, all alike, for 1, 2, 4, 8 or 15 seconds by the client's network. {@code unavailable} is
 * temporary trouble. A grant serves one {@code respond} or one {@code secret}, within a minute. A
 * line that breaks the grammar ends the session. A peer of the wrong account gets not one octet.
 *
 * <h2>Standards</h2>
 *
 * RFC 1939 section 7 (APOP), RFC 822 (msg-id).
 *
 * <h2>Limits</h2>
 *
 * 4,096 outstanding requests a connection ({@link
 * sallyport.authdb.protocol.AuthsrvClient#MAX_OUTSTANDING}), beyond it {@code unavailable}; 30 s
 * for an answer ({@link sallyport.authdb.protocol.AuthsrvClient#ANSWER_TIME}), and a second at most
 * beyond it; 16 challenges fetched before a client comes, each for 60 s at most; one attempt to
 * connect per 100 ms ({@link sallyport.authdb.protocol.AuthsrvClient#RECONNECT_PAUSE}).
 */
@NullMarked
package sallyport.authdb.protocol;

import org.jspecify.annotations.NullMarked;
