package dev.retriever.loadtest;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The structure that the documentation describes, held by the build. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.retriever");

  private static final String LOADTEST = "dev.retriever.loadtest..";

  /** Runs in other processes than nodes, and calls these. */
  private static final String CLIENT = "dev.retriever.client..";

  private static final String CLI = "dev.retriever.cli..";

  private static final Pattern MODULE = Pattern.compile("<module>(.+?)</module>");

  /** As many files as a reader can know by their names. */
  private static final int LARGEST_PACKAGE = 35;

  /** What decides: no input but arguments, so no actor, clock or randomness. */
  private static final String[] CORES = {
    "dev.retriever.alarms.calendar..",
    "dev.retriever.executor.egress..",
    "dev.retriever.executor.settings..",
    "dev.retriever.executor.trace..",
    "dev.retriever.origin.callback..",
    "dev.retriever.origin.context..",
    "dev.retriever.origin.core..",
    "dev.retriever.origin.http..",
    "dev.retriever.origin.index..",
    "dev.retriever.origin.labels..",
    "dev.retriever.origin.queue.core..",
    "dev.retriever.origin.view.."
  };

  /** Classes that decide, in packages that do more. */
  private static final String[] CORES_ELSEWHERE = {
    "dev.retriever.alarms.Alarms",
    "dev.retriever.alarms.Alarm",
    "dev.retriever.alarms.AlarmFilter",
    "dev.retriever.alarms.CronTicks",
    "dev.retriever.alarms.Schedule",
    "dev.retriever.executor.FetchRequest",
    "dev.retriever.executor.JsonBody",
    "dev.retriever.executor.RequestRules",
    "dev.retriever.executor.memory.ByteAccount",
    "dev.retriever.executor.memory.ByteOwners",
    "dev.retriever.executor.memory.ByteQueue",
    "dev.retriever.executor.parcel.Assembly",
    "dev.retriever.executor.span.AttemptSpan",
    "dev.retriever.executor.span.SpanRecord",
    "dev.retriever.executor.pool.AttemptTable",
    "dev.retriever.origin.Attempt",
    "dev.retriever.origin.FetchSpec",
    "dev.retriever.origin.span.FetchTrace",
    "dev.retriever.origin.span.TurnSpans",
    "dev.retriever.origin.OriginEvent",
    "dev.retriever.origin.Outcome",
    "dev.retriever.origin.RetryPolicy",
    "dev.retriever.origin.storage.OriginSnapshot"
  };

  @Test
  void modules_depend_on_each_other_along_the_arrows_only() {
    Architectures.layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("alarms")
        .definedBy("dev.retriever.alarms..")
        .layer("executor")
        .definedBy("dev.retriever.executor..")
        .layer("origin")
        .definedBy("dev.retriever.origin..")
        .layer("cluster")
        .definedBy("dev.retriever.cluster..")
        .layer("client")
        .definedBy(CLIENT)
        .layer("cli")
        .definedBy(CLI)
        .layer("loadtest")
        .definedBy(LOADTEST)
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("client")
        .mayOnlyBeAccessedByLayers("cli", "loadtest")
        .whereLayer("loadtest")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("cluster")
        .mayOnlyBeAccessedByLayers("loadtest")
        .whereLayer("origin")
        .mayOnlyBeAccessedByLayers("cluster", "loadtest")
        .whereLayer("executor")
        .mayOnlyBeAccessedByLayers("origin", "cluster", "loadtest")
        .whereLayer("alarms")
        .mayOnlyBeAccessedByLayers("origin", "cluster", "loadtest")
        .check(ALL);
  }

  @Test
  void packages_depend_on_each_other_in_one_direction() {
    SlicesRuleDefinition.slices()
        .matching("dev.retriever.(**)")
        .namingSlices("$1")
        .should()
        .beFreeOfCycles()
        .check(ALL);
  }

  @Test
  void a_package_is_small_and_says_what_belongs_there() throws IOException {
    var packages = packages();

    assertThat(packages).isNotEmpty();
    for (var directory : packages) {
      try (var files = Files.list(directory)) {
        var names = files.filter(Files::isRegularFile).map(Path::getFileName).toList();
        assertThat(names)
            .as("files of %s", directory)
            .hasSizeLessThanOrEqualTo(LARGEST_PACKAGE)
            .contains(Path.of("package-info.java"));
      }
    }
  }

  /** Of the modules that the root's pom names: whole checkouts hold much that is no source. */
  private static List<Path> packages() throws IOException {
    var root = Path.of("..");
    var names = MODULE.matcher(Files.readString(root.resolve("pom.xml"))).results();
    var packages = new ArrayList<Path>();
    for (var name : names.map(it -> it.group(1)).toList()) {
      try (var files = Files.walk(root.resolve(name).resolve("src/main/java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .map(Path::getParent)
            .distinct()
            .forEach(packages::add);
      }
    }
    return packages;
  }

  @Test
  void nothing_but_the_test_kit_depends_on_the_test_kit() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.retriever.origin.testkit")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.retriever.origin.testkit")
        .check(ALL);
  }

  @Test
  void the_client_needs_the_jdk_and_jackson_alone() {
    classes()
        .that()
        .resideInAPackage(CLIENT)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(CLIENT, "java..", "javax..", "com.fasterxml.jackson..")
        .check(ALL);
  }

  @Test
  void the_command_line_speaks_to_nodes_through_the_client_alone() {
    noClasses()
        .that()
        .resideInAPackage(CLI)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.retriever.alarms..",
            "dev.retriever.cluster..",
            "dev.retriever.executor..",
            "dev.retriever.origin..",
            "org.apache.pekko..")
        .check(ALL);
  }

  @Test
  void nothing_in_production_depends_on_the_simulation() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.retriever.origin.simulation..", LOADTEST)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.retriever.origin.simulation..")
        .check(ALL);
  }

  @Test
  void cores_know_no_actor_system() {
    noClasses()
        .that()
        .resideInAnyPackage(CORES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.pekko..")
        .check(ALL);
    for (var core : CORES_ELSEWHERE) {
      assertThat(ALL.contain(core)).as("the list of cores names %s", core).isTrue();
      noClasses()
          .that(belongToNamed(core))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.pekko..")
          .check(ALL);
    }
  }

  @Test
  void the_clock_comes_in_as_an_argument() {
    noClasses()
        .that()
        .resideOutsideOfPackage(LOADTEST)
        .and(not(belongToNamed("dev.retriever.client.wire.ClientTime")))
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(java.time.LocalDateTime.class, "now")
        .orShould()
        .callMethod(java.time.ZonedDateTime.class, "now")
        .check(ALL);
    noClasses()
        .that()
        .resideOutsideOfPackage(LOADTEST)
        .and(not(belongToNamed("dev.retriever.cluster.Retriever")))
        .and(not(belongToNamed("dev.retriever.client.wire.ClientTime")))
        .and(not(belongToNamed("dev.retriever.client.webhook.Webhooks")))
        .should()
        .callMethod(java.time.Clock.class, "systemUTC")
        .check(ALL);
  }

  @Test
  void randomness_comes_in_as_an_argument() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            LOADTEST, "dev.retriever.cluster..", "dev.retriever.origin.simulation..")
        .and(not(belongToNamed("dev.retriever.client.RetrieverClient")))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(
            java.util.Random.class,
            java.util.SplittableRandom.class,
            java.util.concurrent.ThreadLocalRandom.class,
            java.security.SecureRandom.class)
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(java.util.UUID.class, "randomUUID")
        .check(ALL);
  }

  /** And the one that gets the keys of issuers, from where the operator says. */
  @Test
  void only_the_transport_opens_connections() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackages(LOADTEST, CLIENT, CLI)
            .and(not(belongToNamed("dev.retriever.executor.http.HttpTransport")))
            .and(not(belongToNamed("dev.retriever.cluster.security.jwt.BoundedGet")))
            .should()
            .dependOnClassesThat(opensConnections());

    rule.check(ALL);
  }

  private static DescribedPredicate<JavaClass> opensConnections() {
    var names =
        List.of(
            "java.net.Socket",
            "java.net.URLConnection",
            "java.net.HttpURLConnection",
            "java.nio.channels.SocketChannel",
            "java.nio.channels.AsynchronousSocketChannel",
            "org.asynchttpclient.AsyncHttpClient",
            "org.asynchttpclient.DefaultAsyncHttpClient",
            "org.asynchttpclient.Dsl",
            "io.netty.bootstrap.Bootstrap",
            "org.apache.pekko.stream.javadsl.Tcp",
            "org.apache.pekko.http.javadsl.HostConnectionPool",
            "org.apache.pekko.http.javadsl.OutgoingConnectionBuilder");
    return describe(
        "open connections",
        type -> names.contains(type.getName()) || type.getPackageName().equals("java.net.http"));
  }

  @Test
  void connections_to_the_database_are_made_in_one_place_where_all_have_limits() {
    noClasses()
        .that()
        .resideOutsideOfPackage(LOADTEST)
        .and(not(belongToNamed("dev.retriever.cluster.storage.Connections")))
        .should()
        .dependOnClassesThat(connectToDatabases())
        .check(ALL);
  }

  private static DescribedPredicate<JavaClass> connectToDatabases() {
    var names =
        List.of(
            "java.sql.DriverManager",
            "java.sql.Driver",
            "javax.sql.DataSource",
            "org.flywaydb.core.Flyway");
    return describe(
        "connect to databases",
        type ->
            names.contains(type.getName())
                || type.getPackageName().startsWith("com.zaxxer.hikari"));
  }

  @Test
  void routes_reach_origins_only_as_those_of_their_caller() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.retriever.cluster.api..",
            "dev.retriever.cluster.admin..",
            "dev.retriever.cluster.outcomes..",
            "dev.retriever.cluster.queues..")
        .should()
        .dependOnClassesThat(areOriginsOfAllTenants())
        .check(ALL);
    noClasses()
        .that()
        .resideInAPackage("dev.retriever.cluster.tenants..")
        .and(not(belongToNamed("dev.retriever.cluster.tenants.CallerOrigins")))
        .should()
        .dependOnClassesThat(
            describe(
                "hold origins",
                type -> type.getName().equals("dev.retriever.origin.entity.OriginHost")))
        .check(ALL);
  }

  private static DescribedPredicate<JavaClass> areOriginsOfAllTenants() {
    var names = List.of("dev.retriever.origin.Origins", "dev.retriever.origin.entity.OriginHost");
    return describe("are the origins of all tenants", type -> names.contains(type.getName()));
  }

  @Test
  void nothing_is_serialized_the_java_way_or_by_class_name() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(java.io.ObjectOutputStream.class, java.io.ObjectInputStream.class)
        .check(ALL);
    classes()
        .that(describe("are polymorphic in JSON", ArchitectureTest::hasTypeInfo))
        .should(nameTypesByLogicalNames())
        .check(ALL);
  }

  private static boolean hasTypeInfo(CanBeAnnotated type) {
    return type.isAnnotatedWith("com.fasterxml.jackson.annotation.JsonTypeInfo");
  }

  private static ArchCondition<JavaClass> nameTypesByLogicalNames() {
    return new ArchCondition<>("name their types by logical names") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        var use =
            type.getAnnotationOfType("com.fasterxml.jackson.annotation.JsonTypeInfo").get("use");
        var byName = use.map(Object::toString).filter(text -> text.endsWith("NAME")).isPresent();
        events.add(new SimpleConditionEvent(type, byName, type.getName() + " uses " + use));
      }
    };
  }

  @Test
  void
      load_scenarios_drive_processes_and_only_services_among_these_and_simulations_use_the_library() {
    noClasses()
        .that()
        .resideInAPackage(LOADTEST)
        .and(not(belongToNamed("dev.retriever.loadtest.service.AlarmNode")))
        .and(not(belongToNamed("dev.retriever.loadtest.service.Embedding")))
        .and(not(belongToNamed("dev.retriever.loadtest.service.LibraryNode")))
        .and(not(belongToNamed("dev.retriever.loadtest.service.Sleeper")))
        .and(not(belongToNamed("dev.retriever.loadtest.SimulateCommand")))
        .and(not(belongToNamed("dev.retriever.loadtest.SimulationReport")))
        .and(not(belongToNamed("dev.retriever.loadtest.SimulationSpeed")))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.retriever.origin..",
                "dev.retriever.executor..",
                "dev.retriever.alarms..",
                "dev.retriever.cluster.."))
        .check(ALL);
  }

  private static DescribedPredicate<JavaClass> belongToNamed(String name) {
    return describe(
        "belong to " + name,
        type -> type.getName().equals(name) || type.getName().startsWith(name + "$"));
  }
}
