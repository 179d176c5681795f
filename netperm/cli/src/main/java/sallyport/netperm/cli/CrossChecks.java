package sallyport.netperm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import sallyport.daemon.DaemonConfig;
import sallyport.netperm.DomainSet;
import sallyport.netperm.HostRules;
import sallyport.netperm.Location;
import sallyport.netperm.Problem;
import sallyport.netperm.Rule;
import sallyport.netperm.Rules;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;
import sallyport.smapd.SmapdConfig;
import sallyport.smapd.SmapdConfig.Route;

/** What no single program can see: whether smap and smapd fit together. */
final class CrossChecks {
  private final Table table;
  private final Rules smap;
  private final Rules smapd;
  private final List<Problem> problems = new ArrayList<>();

  private CrossChecks(Table table) {
    this.table = table;
    this.smap = table.of(KnownProgram.SMAP.application());
    this.smapd = table.of(KnownProgram.SMAPD.application());
  }

  /** Compares the programs that the table names. */
  static List<Problem> of(Table table, Map<KnownProgram, DaemonConfig> configs) {
    CrossChecks checks = new CrossChecks(table);
    Optional<DaemonConfig> smap = Optional.ofNullable(configs.get(KnownProgram.SMAP));
    Optional<DaemonConfig> smapd = Optional.ofNullable(configs.get(KnownProgram.SMAPD));
    if (smap.isPresent()) {
      checks.somebodyMayConnect();
    }
    if (smap.isPresent() && smapd.isPresent()) {
      checks.oneDirectory(smap.get().directory(), smapd.get().directory());
      checks.sameDomains();
      checks.localDomainsAreCarried(
          SmapdConfig.of(Settings.of(table, SmapdConfig.APPLICATION), smapd.get().directory()));
      checks.outgoingIsCarried();
    }
    return checks.problems;
  }

  private void somebodyMayConnect() {
    HostRules hosts = HostRules.of(smap);
    if (!hosts.permitAnybody() && hosts.problems().isEmpty()) {
      add(Severity.WARNING, smap, whole(), "smap: nobody may connect; expected 'permit-hosts'");
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
    if (smapd.first("relay").isPresent()) {
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
    if (smapd.first("relay-out").isPresent()) {
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
