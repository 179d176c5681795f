package sallyport.pop3gw.pop3;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sallyport.authdb.protocol.ApopDigest;
import sallyport.authdb.protocol.LoginName;
import sallyport.authdb.protocol.SecretText;

/** The broker of the transcripts' world: one user, two inside servers, and no waiting. */
final class PretendAuthsrv {
  static final String CHALLENGE = "<sp.5f0c.9d1e@mail.example>";
  static final String SECRET = "tanstaaf";

  private static final String USER = "mrose";
  private static final Map<String, String> INSIDE_NAMES =
      Map.of("mail", "mrose", "archive", "Marshall.Rose");

  private final boolean down;
  private final boolean losesGrants;
  private final Optional<SecretText> ownSecret;
  private final Set<String> answered = new HashSet<>();
  private final String password;
  private String granted = "";

  PretendAuthsrv(Map<String, String> settings) {
    String health = settings.getOrDefault("authsrv", "well");
    this.down = health.equals("down");
    this.losesGrants = health.equals("lost-after-login");
    this.ownSecret = Optional.ofNullable(settings.get("own-secret")).map(SecretText::new);
    this.password = settings.getOrDefault("password", SECRET);
    answered.add(settings.getOrDefault("answered", ""));
  }

  Input verify(String login, String digest) {
    return judge(login, digest.equals(hex(CHALLENGE)));
  }

  Input password(String login, SecretText typed) {
    return judge(login, typed.reveal().equals(password));
  }

  Input deny() {
    return down ? new Input.Unavailable() : new Input.Refused();
  }

  private Input judge(String typed, boolean secretIsRight) {
    Optional<String> server =
        LoginName.parse(typed)
            .filter(login -> login.user().equals(USER))
            .filter(login -> login.firewall().orElse("mail.example").equals("mail.example"))
            .map(login -> login.server().orElse("mail"))
            .filter(INSIDE_NAMES::containsKey);
    if (down || server.isEmpty() || !secretIsRight) {
      return deny();
    }
    granted = server.get();
    return new Input.LoggedIn(granted);
  }

  String insideName() {
    return INSIDE_NAMES.getOrDefault(granted, "");
  }

  InsideInput respond(String timestamp) {
    if (losesGrants) {
      return new InsideInput.Unavailable();
    }
    return answered.add(timestamp)
        ? new InsideInput.Digest(hex(timestamp), false)
        : new InsideInput.Refused();
  }

  InsideInput secret() {
    if (losesGrants) {
      return new InsideInput.Unavailable();
    }
    return ownSecret
        .<InsideInput>map(text -> new InsideInput.Secret(text, false))
        .orElseGet(InsideInput.Refused::new);
  }

  private static String hex(String timestamp) {
    return ApopDigest.hex(timestamp, SECRET.getBytes(StandardCharsets.US_ASCII));
  }
}
