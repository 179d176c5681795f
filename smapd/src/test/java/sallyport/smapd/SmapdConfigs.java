package sallyport.smapd;

import java.nio.file.Path;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;

/** Configurations from the text of a table. */
final class SmapdConfigs {

  private SmapdConfigs() {}

  static SmapdConfig read(String table) {
    Settings settings = Settings.of(Table.parse("t", table), "smapd");
    SmapdConfig config = SmapdConfig.of(settings, Path.of("/var/spool/smap"));
    if (settings.problems().stream().anyMatch(p -> p.severity() == Severity.ERROR)) {
      throw new IllegalArgumentException(settings.problems().toString());
    }
    return config;
  }
}
