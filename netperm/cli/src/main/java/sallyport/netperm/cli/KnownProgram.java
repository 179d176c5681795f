package sallyport.netperm.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sallyport.authdb.authsrv.AuthsrvConfig;
import sallyport.daemon.DaemonConfig;
import sallyport.netperm.HostRules;
import sallyport.netperm.Settings;
import sallyport.pop3gw.Pop3Config;
import sallyport.smap.SmapConfig;
import sallyport.smapd.SmapdConfig;

/** The programs whose keywords this command understands, by their own readers. */
enum KnownProgram {
  SMAP("smap") {
    @Override
    void readOwn(Settings settings, DaemonConfig config) {
      SmapConfig.of(settings, config.hostname());
    }

    @Override
    Optional<Set<String>> hostOptions() {
      return Optional.of(Set.of());
    }
  },
  SMAPD("smapd") {
    @Override
    void readOwn(Settings settings, DaemonConfig config) {
      SmapdConfig.of(settings, config.directory());
    }

    @Override
    Optional<Set<String>> hostOptions() {
      return Optional.empty();
    }
  },
  AUTHSRV("authsrv") {
    @Override
    void readOwn(Settings settings, DaemonConfig config) {
      AuthsrvConfig.of(settings, config.directory());
    }

    @Override
    Optional<Set<String>> hostOptions() {
      return Optional.empty();
    }
  },
  POP3_GW(Pop3Config.APPLICATION) {
    @Override
    void readOwn(Settings settings, DaemonConfig config) {
      Pop3Config.of(settings, config.hostname());
    }

    @Override
    Optional<Set<String>> hostOptions() {
      return Optional.of(HostRules.OPTIONS);
    }
  };

  private final String application;

  KnownProgram(String application) {
    this.application = application;
  }

  static Optional<KnownProgram> of(String application) {
    return Arrays.stream(values()).filter(p -> p.application.equals(application)).findFirst();
  }

  static List<String> names() {
    return Arrays.stream(values()).map(KnownProgram::application).toList();
  }

  String application() {
    return application;
  }

  /** Reads every keyword that the program reads at start; what is wrong is left in the settings. */
  DaemonConfig read(Settings settings) {
    DaemonConfig config = DaemonConfig.of(settings);
    readOwn(settings, config);
    return config;
  }

  abstract void readOwn(Settings settings, DaemonConfig config);

  /** The options that its host rules may have; empty if it takes no connections at all. */
  abstract Optional<Set<String>> hostOptions();
}
