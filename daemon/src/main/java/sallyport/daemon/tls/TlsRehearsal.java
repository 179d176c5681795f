package sallyport.daemon.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Whole handshakes with ourselves, before the jail is entered: providers, curves, trust and random
 * numbers are all there afterwards. In process, through {@link Pipe}s.
 */
public final class TlsRehearsal {
  private static final String NAME = "rehearsal.invalid";
  private static final Duration VALID = Duration.ofDays(2);

  private TlsRehearsal() {}

  /**
   * For a daemon that others connect to: each kind of key that it has, each protocol.
   *
   * @throws IOException if a handshake fails here, as it would later
   */
  public static void run(ServerTls server) throws IOException {
    ClientTls client =
        ClientTls.of(ClientTls.Mode.REQUIRED, server.profile(), Trust.unasked(), Optional.empty());
    for (Identity one : server.identities()) {
      ServerTls alone = ServerTls.of(List.of(one), server.profile());
      for (TlsProfile profile : profiles(server.profile())) {
        shake(alone, client.with(profile).towards(NAME));
      }
    }
  }

  /**
   * For a daemon that connects to others: the newest protocol, since an older one needs nothing
   * from outside that this does not; verified if any of the legs is, since the JDK then reads its
   * own trust store, too; nothing if none has TLS. An RSA key would take longer to make than all
   * the rest.
   *
   * @throws IOException if a handshake fails here, as it would later
   */
  public static void run(TlsProfile ofClient, Collection<ClientTlsOptions> legs)
      throws IOException {
    Set<ClientTls.Mode> modes =
        legs.stream()
            .flatMap(leg -> leg.tls().stream())
            .map(ClientTls::mode)
            .collect(Collectors.toSet());
    if (modes.isEmpty()) {
      return;
    }
    try {
      Instant now = Instant.now();
      Identity self = new Certifier(now.minus(VALID), now.plus(VALID)).selfSigned("EC", NAME);
      ServerTls server = ServerTls.of(List.of(self), TlsProfile.DEFAULT);
      ClientTls client =
          modes.contains(ClientTls.Mode.VERIFY)
              ? ClientTls.of(
                  ClientTls.Mode.VERIFY, ofClient, Trust.in(self.chain()), Optional.empty())
              : ClientTls.of(ClientTls.Mode.REQUIRED, ofClient, Trust.unasked(), Optional.empty());
      shake(server, client.towards(NAME));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static List<TlsProfile> profiles(TlsProfile profile) {
    return profile.protocols().size() == 1
        ? List.of(profile)
        : List.of(profile, profile.onlyOlder());
  }

  private static void shake(ServerTls server, ClientTls client) throws IOException {
    Pipe toServer = new Pipe();
    Pipe toClient = new Pipe();
    CompletableFuture<Integer> served = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("rehearsal")
        .start(() -> {
          try {
            TlsStreams streams = TlsStreams.server(toServer.input(), toClient.output(), server);
            int octet = streams.input().read();
            streams.output().write(octet);
            streams.closeOutput();
            served.complete(octet);
          } catch (IOException | RuntimeException e) {
            served.completeExceptionally(e);
          }
        });
    TlsStreams streams = TlsStreams.client(toClient.input(), toServer.output(), client);
    streams.output().write('s');
    streams.output().flush();
    if (streams.input().read() != 's' || streams.input().read() >= 0) {
      throw new IOException("the TLS rehearsal did not come to its end");
    }
    streams.closeOutput();
    await(served);
  }

  private static void await(CompletableFuture<Integer> served) throws IOException {
    try {
      served.get(Pipe.PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("TLS rehearsal: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the TLS rehearsal was interrupted", e);
    }
  }
}
