package sallyport.netperm.cli;

import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import sallyport.authdb.authsrv.AuthsrvConfig;
import sallyport.daemon.Account;
import sallyport.daemon.DaemonConfig;
import sallyport.netperm.DomainSet;
import sallyport.netperm.HostRules;
import sallyport.netperm.Location;
import sallyport.netperm.Option;
import sallyport.netperm.Problem;
import sallyport.netperm.Rule;
import sallyport.netperm.Rules;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;
import sallyport.pop3gw.Pop3Config;
import sallyport.smapd.SmapdConfig;
import sallyport.smapd.SmapdConfig.Route;

/** What no single program can see: whether smap and smapd, pop3-gw and authsrv fit together. */
final class CrossChecks {
  private final Table table;
  private final Rules smap;
  private final Rules smapd;
  private final Rules gateway;
  private final Rules authsrv;
  private final List<Problem> problems = new ArrayList<>();

  private CrossChecks(Table table) {
    this.table = table;
    this.smap = table.of(KnownProgram.SMAP.application());
    this.smapd = table.of(KnownProgram.SMAPD.application());
    this.gateway = table.of(KnownProgram.POP3_GW.application());
    this.authsrv = table.of(KnownProgram.AUTHSRV.application());
  }

  /** Compares the programs that the table names. */
  static List<Problem> of(Table table, Map<KnownProgram, DaemonConfig> configs) {
    CrossChecks checks = new CrossChecks(table);
    Optional<DaemonConfig> smap = Optional.ofNullable(configs.get(KnownProgram.SMAP));
    Optional<DaemonConfig> smapd = Optional.ofNullable(configs.get(KnownProgram.SMAPD));
    if (smap.isPresent()) {
      checks.somebodyMayConnect(checks.smap);
    }
    if (smap.isPresent() && smapd.isPresent()) {
      checks.oneDirectory(smap.get().directory(), smapd.get().directory());
      checks.sameDomains();
      checks.localDomainsAreCarried(
          SmapdConfig.of(Settings.of(table, SmapdConfig.APPLICATION), smapd.get().directory()));
      checks.outgoingIsCarried();
    }
    Optional<DaemonConfig> gateway = Optional.ofNullable(configs.get(KnownProgram.POP3_GW));
    if (gateway.isPresent()) {
      checks.somebodyMayConnect(checks.gateway);
      checks.destinationsAreServers(checks.gatewayConfig(gateway.get()));
    }
    Optional<DaemonConfig> authsrv = Optional.ofNullable(configs.get(KnownProgram.AUTHSRV));
    if (gateway.isPresent() && authsrv.isPresent()) {
      checks.oneSocket(gateway.get(), authsrv.get());
    }
    return checks.problems;
  }

  private void somebodyMayConnect(Rules rules) {
    HostRules hosts = HostRules.of(rules);
    if (!hosts.permitAnybody() && hosts.problems().isEmpty()) {
      String text = rules.application() + ": nobody may connect; expected 'permit-hosts'";
      add(Severity.WARNING, rules, whole(), text);
    }
  }

  private Pop3Config gatewayConfig(DaemonConfig daemon) {
    return Pop3Config.of(Settings.of(table, Pop3Config.APPLICATION), daemon.hostname());
  }

  /** A rule for a destination that no {@code server} line names never matches. */
  private void destinationsAreServers(Pop3Config config) {
    for (Rule rule : gateway.with(HostRules.KEYWORD)) {
      rule.options().stream()
          .filter(option -> option.name().equals("dest"))
          .flatMap(option -> option.values().stream().map(Option.Value::text))
          .filter(name -> name.indexOf('*') < 0)
          .filter(name -> !config.servers().containsKey(name.toLowerCase(Locale.ROOT)))
          .forEach(
              name -> add(rule, "-dest " + name + ": no 'server' line of pop3-gw has this name"));
    }
  }

  private void oneSocket(DaemonConfig ofGateway, DaemonConfig ofAuthsrv) {
    Path asked = ofGateway.directory().resolve(gatewayConfig(ofGateway).authserver());
    AuthsrvConfig config = AuthsrvConfig.of(Settings.of(table, "authsrv"), ofAuthsrv.directory());
    Optional<AuthsrvConfig.Listen> socket =
        config.listen().stream().filter(listen -> listen.path().equals(asked)).findFirst();
    if (socket.isEmpty()) {
      String text =
          "pop3-gw asks at %s, but authsrv listens on %s; expected one socket for both"
              .formatted(
                  asked,
                  config.listen().stream()
                      .map(listen -> listen.path().toString())
                      .collect(Collectors.joining(", ")));
      add(Severity.ERROR, gateway, at(gateway, "authserver"), text);
    } else {
      gatewayMayTalk(socket.get(), ofGateway, ofAuthsrv);
    }
  }

  private void gatewayMayTalk(
      AuthsrvConfig.Listen socket, DaemonConfig ofGateway, DaemonConfig ofAuthsrv) {
    Optional<Account> peer = ofGateway.account();
    boolean mayTalk =
        socket.accounts().isEmpty()
            ? peer.equals(ofAuthsrv.account())
            : peer.isEmpty()
                || socket.accounts().stream()
                    .map(UserPrincipal::getName)
                    .anyMatch(name ->
                        name.equals(peer.get().name())
                            || name.equals(String.valueOf(peer.get().uid())));
    if (!mayTalk) {
      String who = peer.map(Account::name).orElse("pop3-gw's account");
      String text =
          "%s may not talk on %s; expected 'listen %s %s'"
              .formatted(who, socket.path(), socket.path(), who);
      add(Severity.WARNING, authsrv, socket.at(), text);
    }
  }

  private void oneDirectory(Path ofSmap, Path ofSmapd) {
    if (!ofSmap.equals(ofSmapd)) {
      add(
          Severity.ERROR,
          smapd,
          at(smapd, "directory"),
          "smapd has directory "
              + ofSmapd
              + ", but smap has "
              + ofSmap
              + "; expected one for both");
    }
  }

  private void sameDomains() {
    if (!domains(smap).equals(domains(smapd))) {
      String text = "smap and smapd have different local-domains; expected one line for both";
      add(Severity.WARNING, smapd, at(smapd, "local-domains"), text);
    }
  }

  private static Set<String> domains(Rules rules) {
    Set<String> domains = new TreeSet<>();
    for (Rule rule : rules.with("local-domains")) {
      rule.values().forEach(domain -> domains.add(domain.toLowerCase(Locale.ROOT)));
    }
    return domains;
  }

  private void localDomainsAreCarried(SmapdConfig smapdConfig) {
    if (smapd.first("relay").isPresent() || smapd.first("sendmail").isPresent()) {
      return;
    }
    DomainSet routed = DomainSet.of(smapdConfig.routes().stream().map(Route::domain).toList());
    for (Rule rule : smap.with("local-domains")) {
      for (String domain : rule.values()) {
        // A star stands for any host below; one that can be asked for has a name.
        if (!routed.contains(domain.replace("*", "x"))) {
          add(rule, "nothing carries mail for " + domain + "; expected a 'relay' line for smapd");
        }
      }
    }
  }

  private void outgoingIsCarried() {
    if (smapd.first("relay-out").isPresent() || smapd.first("sendmail").isPresent()) {
      return;
    }
    for (Rule rule : smap.with("local-nets")) {
      String text = "these clients may send anywhere, but nothing carries mail that leaves";
      add(rule, text + "; expected a 'relay-out' line for smapd");
    }
  }

  private Location at(Rules rules, String keyword) {
    return rules.first(keyword).map(Rule::at).orElseGet(this::whole);
  }

  private Location whole() {
    return new Location(table.fileName(), 0);
  }

  private void add(Rule rule, String text) {
    problems.add(new Problem(rule.at(), Severity.WARNING, rule.applications(), text));
  }

  private void add(Severity severity, Rules rules, Location at, String text) {
    problems.add(new Problem(at, severity, Set.of(rules.application()), text));
  }
}
