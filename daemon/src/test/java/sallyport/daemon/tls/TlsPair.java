package sallyport.daemon.tls;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Two sides after their handshake, in this process. */
record TlsPair(TlsStreams server, TlsStreams client, Pipe toServer, Pipe toClient) {

  static TlsPair of(ServerTls server, ClientTls client) throws IOException {
    Pipe toServer = new Pipe();
    Pipe toClient = new Pipe();
    CompletableFuture<TlsStreams> served =
        CompletableFuture.supplyAsync(() -> {
          try {
            return TlsStreams.server(toServer.input(), toClient.output(), server);
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        });
    try {
      TlsStreams opened = TlsStreams.client(toClient.input(), toServer.output(), client);
      return new TlsPair(served.join(), opened, toServer, toClient);
    } catch (CompletionException e) {
      throw new IOException(e.getCause());
    }
  }
}
