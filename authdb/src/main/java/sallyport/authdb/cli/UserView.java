package sallyport.authdb.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sallyport.authdb.Inside;
import sallyport.authdb.User;
import sallyport.daemon.Columns;

/** A user as {@code list} and {@code display} show one. */
final class UserView {
  private final User user;
  private final Desk desk;
  private final Status status;

  UserView(User user, Desk desk) {
    this.user = user;
    this.desk = desk;
    this.status = Status.of(user, desk.streams().clock().instant());
  }

  static List<String> heads() {
    return List.of("USER", "GROUP", "STATUS", "LAST LOGIN", "FROM", "NAME");
  }

  List<String> row() {
    return List.of(
        user.name(),
        orDash(user.group()),
        status.toString(),
        Times.orNever(user.lastLogin(), desk),
        user.lastSource().orElse("-"),
        orDash(user.longName()));
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  /** The report of one user, the same for a pipe. */
  List<String> report() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("Status:", statusInFull()));
    rows.add(List.of("Last authenticated:", lastLogin()));
    rows.add(List.of("Bad logins:", "" + user.badCount()));
    rows.add(List.of("Secret:", secret()));
    rows.add(List.of("Added:", Times.shown(user.created(), desk)));
    user.inside().forEach((server, inside) -> rows.add(List.of("At " + server + ":", at(inside))));
    List<String> lines = new ArrayList<>();
    lines.add(heading());
    lines.addAll(Columns.of(rows, true, ""));
    return lines;
  }

  private String heading() {
    return "Report for user "
        + user.name()
        + (user.group().isEmpty() ? "" : ", group " + user.group())
        + (user.longName().isEmpty() ? "" : " (" + user.longName() + ")");
  }

  private String statusInFull() {
    return switch (status) {
      case ENABLED, DISABLED -> status.toString();
      case NO_SECRET -> "enabled, but no secret to log in with";
      case ASLEEP -> "asleep until " + Times.orNever(user.sleepingUntil(), desk);
    };
  }

  private String lastLogin() {
    return Times.orNever(user.lastLogin(), desk)
        + user.lastSource().map(source -> " from " + source).orElse("");
  }

  private String secret() {
    return user.secretChanged().map(time -> "changed " + Times.shown(time, desk)).orElse("none");
  }

  private static String at(Inside inside) {
    String name = inside.name().map(known -> "as " + known).orElse("as here");
    return name + (inside.ownSecret() ? ", with a secret of its own" : ", with the same secret");
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", user.name());
    object.put("group", user.group());
    object.put("longName", user.longName());
    object.put("status", status);
    object.put("disabled", user.disabled());
    object.put("badCount", user.badCount());
    object.put("sleepingUntil", Times.json(user.sleepingUntil()));
    object.put("lastLogin", Times.json(user.lastLogin()));
    object.put("lastSource", user.lastSource().orElse(null));
    object.put("created", user.created().toString());
    object.put("secretChanged", Times.json(user.secretChanged()));
    Map<String, Object> servers = new LinkedHashMap<>();
    user.inside().forEach((server, inside) -> servers.put(server, json(inside)));
    object.put("inside", servers);
    return object;
  }

  private static Map<String, @Nullable Object> json(Inside inside) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", inside.name().orElse(null));
    object.put("ownSecret", inside.ownSecret());
    return object;
  }
}
