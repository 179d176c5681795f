package sallyport.system;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the code to docs/architecture.md: who may use whom, and what a pure core may not touch. */
class ArchitectureTest {
  private static final String SMTP_CORE = "sallyport.smap.smtp..";
  private static final String POP3_CORE = "sallyport.pop3gw.pop3..";

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("sallyport");

  /** Every arrow of the figure, written out with what lies beyond it. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          entry("netperm", Set.of()),
          entry("spool", Set.of()),
          entry("daemon", Set.of("netperm")),
          entry("smap", Set.of("spool", "daemon", "netperm")),
          entry("smapd", Set.of("spool", "daemon", "netperm")),
          entry("authdb.protocol", Set.of()),
          entry("authdb", Set.of("authdb.protocol", "daemon", "netperm")),
          entry("pop3gw", Set.of("authdb.protocol", "daemon", "netperm")),
          entry("netperm.cli", Set.of("smap", "smapd", "authdb", "pop3gw", "daemon", "netperm")),
          entry("quickstart", Set.of()),
          entry("rehearsal", Set.of()),
          entry("manual", Set.of()));

  /** What the value types of a pure core are made of; the rest of the JDK is not for it. */
  private static final DescribedPredicate<JavaClass> PURE =
      resideInAnyPackage(
              SMTP_CORE,
              POP3_CORE,
              "java.lang",
              "java.lang.invoke",
              "java.lang.runtime",
              "java.math",
              "java.util",
              "java.util.function",
              "java.util.regex",
              "java.util.stream",
              "java.nio.charset",
              "java.time",
              "java.time.format",
              "java.time.temporal",
              "org.jspecify.annotations")
          .or(named("java.net.InetAddress", "java.net.Inet4Address", "java.net.Inet6Address"))
          .or(
              named(
                  "sallyport.authdb.protocol.LoginName",
                  "sallyport.authdb.protocol.SecretText",
                  "sallyport.authdb.protocol.Timestamp"))
          .or(primitive());

  private static final DescribedPredicate<JavaClass> IMPURE =
      named(
          "java.lang.Thread",
          "java.lang.Runtime",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.ThreadLocal",
          "java.time.Clock",
          "java.time.InstantSource",
          "java.util.Random",
          "java.util.Timer",
          "java.util.UUID",
          "java.util.Scanner");

  @Test
  void everyModuleUsesOnlyWhatTheFigureShows() {
    Map<String, Set<String>> found = new TreeMap<>();
    for (JavaClass from : CODE) {
      Set<String> used = found.computeIfAbsent(module(from), m -> new TreeSet<>());
      from.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(to -> to.getPackageName().startsWith("sallyport"))
          .map(ArchitectureTest::module)
          .filter(to -> !to.equals(module(from)))
          .forEach(used::add);
    }
    assertThat(found.keySet()).isEqualTo(ARROWS.keySet());
    found.forEach((from, used) -> assertThat(ARROWS.get(from)).as(from).containsAll(used));
  }

  private static String module(JavaClass type) {
    String name = type.getPackageName().substring("sallyport.".length());
    return ARROWS.containsKey(name) ? name : name.replaceFirst("\\..*", "");
  }

  @Test
  void modulesHaveNoCycles() {
    slices().matching("sallyport.(**)").should().beFreeOfCycles().check(CODE);
  }

  @ParameterizedTest
  @ValueSource(strings = {SMTP_CORE, POP3_CORE})
  void protocolCoreIsMadeOfValuesOnly(String core) {
    classes().that().resideInAPackage(core).should().onlyDependOnClassesThat(PURE).check(CODE);
    noClasses().that().resideInAPackage(core).should().dependOnClassesThat(IMPURE).check(CODE);
  }

  @ParameterizedTest
  @ValueSource(strings = {SMTP_CORE, POP3_CORE})
  void protocolCoreAsksNoClockAndNoChance(String core) {
    noClasses()
        .that()
        .resideInAPackage(core)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethodWhere(describe("now()", call -> call.getName().equals("now")))
        .orShould()
        .callMethodWhere(
            describe(
                "a look-up of a name",
                call ->
                    call.getTargetOwner().isEquivalentTo(java.net.InetAddress.class)
                        && (call.getName().startsWith("get") && call.getName().contains("ByName")
                            || call.getName().endsWith("HostName"))))
        .check(CODE);
  }

  @Test
  void subEthaIsSeenByTheDriverOnly() {
    noClasses()
        .that(not(resideInAPackage("sallyport.smap")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.subethamail..")
        .check(CODE);
  }

  @Test
  void jakartaMailIsSeenBySmapdOnly() {
    noClasses()
        .that(not(resideInAnyPackage("sallyport.smapd", "sallyport.quickstart")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.mail..", "org.eclipse.angus..")
        .check(CODE);
  }

  @Test
  void strangersTextIsMatchedInLinearTimeBySmapdOnly() {
    noClasses()
        .that(not(resideInAPackage("sallyport.smapd")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.google.re2j..")
        .check(CODE);
  }

  @Test
  void onlyTheDaemonModuleSpeaksToTheLogOfLibraries() {
    noClasses()
        .that(not(resideInAnyPackage("sallyport.daemon", "sallyport.quickstart")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.logging..", "org.slf4j..")
        .check(CODE);
  }

  @Test
  void nothingIsDoneByReflection() {
    noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.reflect..").check(CODE);
    noClasses()
        .should()
        .callMethodWhere(
            describe(
                "a member is looked up by name",
                call ->
                    call.getTargetOwner().isEquivalentTo(Class.class)
                            && call.getName()
                                .matches(
                                    "forName|newInstance|get(Declared)?(Method|Field|Constr).*")
                        || call.getTargetOwner().getName().endsWith("MethodHandles$Lookup")
                            && call.getName().matches("find.*|unreflect.*")))
        .check(CODE);
  }

  @Test
  void noDaemonStartsAProgramButSmapdSendmail() {
    noClasses()
        .that(not(resideInAnyPackage("sallyport.quickstart", "sallyport.manual")))
        .and()
        .haveNameNotMatching("sallyport\\.smapd\\.Sendmail(\\$.*)?")
        .should()
        .dependOnClassesThat(named("java.lang.ProcessBuilder", "java.lang.Process"))
        .check(CODE);
  }

  @Test
  void smapConnectsNowhere() {
    noClasses()
        .that(resideInAnyPackage("sallyport.smap", SMTP_CORE, "sallyport.spool"))
        .should()
        .callMethodWhere(
            describe(
                "a socket is connected",
                call ->
                    call.getName().equals("connect")
                        && call.getTargetOwner().getPackageName().startsWith("java.n")))
        .check(CODE);
    noClasses()
        .that(resideInAPackage("sallyport.smapd"))
        .should()
        .dependOnClassesThat(
            named("java.net.ServerSocket", "java.nio.channels.ServerSocketChannel"))
        .check(CODE);
  }

  @Test
  void loginSideHasNoNetworkButPop3Gateway() {
    noClasses()
        .that(resideInAPackage("sallyport.authdb.."))
        .should()
        .dependOnClassesThat(
            named(
                "java.net.Socket",
                "java.net.ServerSocket",
                "java.net.DatagramSocket",
                "java.net.InetSocketAddress",
                "java.nio.channels.DatagramChannel"))
        .check(CODE);
  }

  @Test
  void databaseIsSeenByAuthdbOnly() {
    noClasses()
        .that(not(resideInAPackage("sallyport.authdb")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..")
        .check(CODE);
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<String> unmarked = new TreeSet<>();
    for (JavaPackage found : CODE.getPackage("sallyport").getSubpackagesInTree()) {
      if (!found.getClasses().isEmpty() && !found.isAnnotatedWith(NullMarked.class)) {
        unmarked.add(found.getName());
      }
    }
    assertThat(unmarked).isEmpty();
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    Set<String> wanted = Set.of(names);
    return describe("one of " + wanted, type -> wanted.contains(type.getName()));
  }

  private static DescribedPredicate<JavaClass> primitive() {
    return describe(
        "primitive or an array of it",
        type -> type.isPrimitive() || type.isArray() && type.getBaseComponentType().isPrimitive());
  }
}
