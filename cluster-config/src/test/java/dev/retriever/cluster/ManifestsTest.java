package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.formation.Formation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the manifests say of a node is true of it, and what they say of each other too. */
@ParameterizedClass
@ValueSource(strings = {"overlays/dev", "overlays/production"})
@ExtendWith(SharedNode.class)
class ManifestsTest {
  private static final List<String> PROBES =
      List.of("startupProbe", "livenessProbe", "readinessProbe");

  private final String overlay;
  private final List<ObjectNode> manifests;
  private final JsonNode deployment;
  private final JsonNode pod;
  private final JsonNode container;

  ManifestsTest(String overlay) {
    this.overlay = overlay;
    this.manifests = Kustomization.build(overlay);
    this.deployment = only("Deployment");
    this.pod = deployment.at("/spec/template/spec");
    this.container = pod.at("/containers/0");
  }

  @Test
  void the_ports_of_the_container_are_those_the_node_binds() {
    var config = config();

    assertThat(ports())
        .isEqualTo(
            Map.of(
                "http", config.getInt("retriever.node.http.port"),
                "management", config.getInt("retriever.node.management.port"),
                "bootstrap", config.getInt("retriever.node.bootstrap.port"),
                "remoting", config.getInt("pekko.remote.artery.canonical.port")));
  }

  @Test
  void the_ports_are_those_that_are_documented_as_the_defaults() {
    var defaults = ConfigFactory.parseResources("application.conf");

    assertThat(ports())
        .isEqualTo(
            Map.of(
                "http", port(defaults, "retriever.node.http.port"),
                "management", port(defaults, "retriever.node.management.port"),
                "bootstrap", port(defaults, "retriever.node.bootstrap.port"),
                "remoting", port(defaults, "pekko.remote.artery.canonical.port")));
  }

  private static int port(Config unresolved, String key) {
    return withEnvironment(Map.of(), unresolved).getInt(key);
  }

  @Test
  void ports_that_are_named_exist() {
    var named = new TreeSet<String>();
    PROBES.forEach(probe -> named.add(container.at("/" + probe + "/httpGet/port").asText()));
    only("Service").at("/spec/ports").forEach(port -> named.add(port.get("targetPort").asText()));
    only("NetworkPolicy")
        .at("/spec/ingress")
        .forEach(rule -> rule.get("ports").forEach(port -> named.add(port.get("port").asText())));
    named.add(
        config().getString("pekko.management.cluster.bootstrap.contact-point-discovery.port-name"));

    assertThat(named).isEqualTo(ports().keySet());
  }

  @Test
  void probes_ask_what_a_running_node_answers(RunningNode node) {
    for (var probe : PROBES) {
      var path = container.at("/" + probe + "/httpGet/path").asText();
      assertThat(node.management().get(path).status()).as("%s %s", probe, path).isEqualTo(200);
      assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("management");
    }
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/ready");
    assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/alive");
  }

  @Test
  void environment_variables_are_settings_of_the_node() throws IOException {
    var known = new TreeSet<String>();
    for (var file : List.of("/application.conf", "/logback.xml")) {
      try (var in = Objects.requireNonNull(getClass().getResourceAsStream(file))) {
        var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        Pattern.compile("\\$\\{\\??(RETRIEVER_[A-Z_]+)")
            .matcher(text)
            .results()
            .forEach(match -> known.add(match.group(1)));
      }
    }

    assertThat(known).containsAll(environment().keySet());
  }

  @Test
  void a_node_with_this_environment_looks_for_the_pods_of_this_deployment() {
    var config = config();

    assertThat(NodeSettings.from(config).formation()).isEqualTo(Formation.KUBERNETES);
    assertThat(config.getString("pekko.discovery.method")).isEqualTo("kubernetes-api");
    var api = config.getConfig("pekko.discovery.kubernetes-api");
    assertThat(api.getBoolean("use-raw-ip")).isTrue();
    assertThat(api.getString("pod-namespace")).isEqualTo("of metadata.namespace");
    var selector = api.getString("pod-label-selector").split("=");
    assertThat(labels()).containsEntry(selector[0], selector[1]);
    assertThat(config.getString("pekko.management.http.hostname")).isEqualTo("of status.podIP");
  }

  @Test
  void no_two_groups_of_pods_can_form_a_cluster_each() {
    var replicas = deployment.at("/spec/replicas").asInt();
    var required =
        config()
            .getInt(
                "pekko.management.cluster.bootstrap.contact-point-discovery"
                    + ".required-contact-point-nr");

    assertThat(required).isBetween(replicas / 2 + 1, replicas);
  }

  @Test
  void selectors_select_the_pods() {
    var labels = labels();
    var selectors =
        Stream.of(
            deployment.at("/spec/selector/matchLabels"),
            only("Service").at("/spec/selector"),
            only("PodDisruptionBudget").at("/spec/selector/matchLabels"),
            only("NetworkPolicy").at("/spec/podSelector/matchLabels"),
            only("NetworkPolicy").at("/spec/ingress/1/from/0/podSelector/matchLabels"),
            pod.at("/topologySpreadConstraints/0/labelSelector/matchLabels"));

    assertThat(selectors)
        .allSatisfy(
            selector -> {
              assertThat(selector).isNotEmpty();
              assertThat(labels).containsAllEntriesOf(strings(selector));
            });
  }

  @Test
  void ports_between_nodes_are_open_to_nodes_only() {
    var rules = only("NetworkPolicy").at("/spec/ingress");

    assertThat(Kustomization.elements(rules.at("/0/ports")).map(port -> port.get("port").asText()))
        .containsExactly("http");
    assertThat(rules).hasSize(2);
    assertThat(rules).allSatisfy(rule -> assertThat(rule.get("from")).hasSize(1));
  }

  @Test
  void a_pod_may_read_pods_and_nothing_else() {
    var rules = only("Role").at("/rules");
    var binding = only("RoleBinding");
    var account = Kustomization.name(only("ServiceAccount"));

    assertThat(rules).hasSize(1);
    assertThat(rules.at("/0").toString())
        .isEqualTo(
            "{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\",\"list\",\"watch\"]}");
    assertThat(binding.at("/roleRef/name").asText()).isEqualTo(Kustomization.name(only("Role")));
    assertThat(binding.at("/subjects")).hasSize(1);
    assertThat(binding.at("/subjects/0/name").asText()).isEqualTo(account);
    assertThat(pod.at("/serviceAccountName").asText()).isEqualTo(account);
    assertThat(pod.at("/automountServiceAccountToken").asBoolean()).isTrue();
  }

  @Test
  void a_pod_is_as_restricted_as_its_namespace_demands() {
    var security = container.at("/securityContext");

    assertThat(
            only("Namespace").at("/metadata/labels/pod-security.kubernetes.io~1enforce").asText())
        .isEqualTo("restricted");
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(security.at("/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(security.at("/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(security.at("/capabilities").toString()).isEqualTo("{\"drop\":[\"ALL\"]}");
    assertThat(pod.has("hostNetwork") || pod.has("hostPID") || pod.has("hostIPC")).isFalse();
  }

  @Test
  void files_are_written_to_a_volume() {
    var mounts = strings(container.at("/volumeMounts"), "mountPath", "name");
    var volumes = strings(pod.at("/volumes"), "name", "name").keySet();
    var written =
        Stream.concat(
            Kustomization.elements(container.at("/args"))
                .map(JsonNode::asText)
                .filter(arg -> arg.startsWith("-Djava.io.tmpdir="))
                .map(arg -> arg.split("=", 2)[1]),
            Stream.ofNullable(environment().get("RETRIEVER_DATA_DIR")));

    assertThat(volumes).containsExactlyInAnyOrderElementsOf(mounts.values());
    assertThat(written)
        .isNotEmpty()
        .allMatch(path -> mounts.keySet().stream().anyMatch(path::startsWith));
  }

  @Test
  void java_is_process_1_and_gets_time_to_end_in_order() {
    assertThat(container.at("/command").toString()).isEqualTo("[\"java\"]");
    assertThat(container.at("/args").path(container.at("/args").size() - 1).asText())
        .isEqualTo(Main.class.getName());
    assertThat(
            pod.at("/terminationGracePeriodSeconds").asInt()
                - container.at("/lifecycle/preStop/sleep/seconds").asInt())
        .isGreaterThanOrEqualTo(60);
  }

  @Test
  void the_image_has_what_is_started_for_the_user_that_starts_it() throws IOException {
    var dockerfile = Files.readString(Kustomization.ROOT.resolve("Dockerfile"));
    var args = Kustomization.elements(container.at("/args")).map(JsonNode::asText).toList();
    var classPath = args.get(args.indexOf("-cp") + 1);

    assertThat(dockerfile)
        .contains(" " + classPath.replace("*", "") + "\n")
        .contains("\"-cp\", \"" + classPath + "\", \"" + Main.class.getName() + "\"]")
        .contains(
            "USER "
                + pod.at("/securityContext/runAsUser").asInt()
                + ":"
                + pod.at("/securityContext/runAsGroup").asInt()
                + "\n");
  }

  @Test
  void an_image_is_named_without_a_registry() {
    assertThat(container.at("/image").asText()).matches("[a-z-]+:[a-z0-9.-]+");
  }

  @Test
  void the_database_comes_from_a_secret_that_must_be_there() {
    var references =
        Kustomization.elements(container.at("/env"))
            .filter(variable -> variable.get("name").asText().startsWith("RETRIEVER_DB_"))
            .map(variable -> variable.at("/valueFrom/secretKeyRef"))
            .toList();

    assertThat(references).hasSize(3);
    assertThat(references)
        .allSatisfy(
            reference -> {
              assertThat(reference.get("name").asText()).isEqualTo("retriever-database");
              assertThat(reference.path("optional").asBoolean()).isFalse();
            });
    // Nobody's password is in a manifest.
    assertThat(ofKind("Secret").map(secret -> strings(secret.get("stringData")).values()))
        .allSatisfy(values -> assertThat(values).allMatch(String::isEmpty));
  }

  @Test
  void nodes_show_each_other_certificates_or_the_overlay_says_that_they_do_not() {
    var environment = environment();
    if ("off".equals(environment.get("RETRIEVER_REMOTING_TLS"))) {
      assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(1);
      return;
    }
    var mounts = strings(container.at("/volumeMounts"), "name", "mountPath");
    for (var store : List.of("KEYSTORE", "TRUSTSTORE")) {
      var file = Path.of(environment.get("RETRIEVER_TLS_" + store));
      assertThat(file.getParent()).hasToString(mounts.get("node-tls"));
      assertThat(file.getFileName()).hasToString(store.toLowerCase(Locale.ROOT) + ".p12");
    }
    assertThat(environment).containsKey("RETRIEVER_TLS_PASSWORD");
    assertThat(
            Kustomization.elements(pod.at("/volumes"))
                .filter(volume -> volume.at("/name").asText().equals("node-tls"))
                .map(volume -> volume.at("/secret/secretName").asText()))
        .containsExactly("retriever-node-tls");
  }

  @Test
  void callers_are_known_by_keys_and_accounts_or_the_overlay_says_that_the_ports_are_open() {
    var environment = environment();
    var open = "off".equals(environment.get("RETRIEVER_AUTH"));
    assertThat(open).isEqualTo(overlay.endsWith("dev"));
    if (open) {
      return;
    }
    assertThat(environment).doesNotContainKey("RETRIEVER_AUTH");
    var volume =
        Kustomization.elements(pod.at("/volumes"))
            .filter(it -> it.at("/name").asText().equals("keys"))
            .findFirst()
            .orElseThrow();
    assertThat(volume.at("/secret/secretName").asText()).isEqualTo("retriever-keys");
    assertThat(volume.at("/secret/optional").asBoolean()).isFalse();
    assertThat(environment.get("RETRIEVER_KEYS_FILE"))
        .isEqualTo(
            strings(container.at("/volumeMounts"), "name", "mountPath").get("keys")
                + "/"
                + volume.at("/secret/items/0/path").asText());
    assertThat(config().getBoolean("retriever.node.auth.kubernetes.enabled")).isTrue();
  }

  /** What is mounted there is the whole configuration: it includes the defaults. */
  @Test
  void the_settings_file_is_mounted_where_it_is_read_and_is_good() {
    var file =
        Kustomization.elements(container.at("/args"))
            .map(JsonNode::asText)
            .filter(arg -> arg.startsWith("-Dconfig.file="))
            .map(arg -> Path.of(arg.split("=", 2)[1]))
            .findFirst()
            .orElseThrow();
    assertThat(file.getParent())
        .hasToString(strings(container.at("/volumeMounts"), "name", "mountPath").get("settings"));
    var volume =
        Kustomization.elements(pod.at("/volumes"))
            .filter(it -> it.at("/name").asText().equals("settings"))
            .findFirst()
            .orElseThrow();
    var text =
        configMap(volume.at("/configMap/name").asText())
            .get("data")
            .get(file.getFileName().toString())
            .asText();

    var config = withEnvironment(environment(), ConfigFactory.parseString(text));

    assertThat(NodeSettings.from(config).formation()).isEqualTo(Formation.KUBERNETES);
    assertThat(config.getConfigList("retriever.node.auth.kubernetes.accounts")).isEmpty();
  }

  @Test
  void nodes_may_ask_who_issues_tokens_where_they_take_them() {
    var bindings = ofKind("ClusterRoleBinding").toList();
    if (overlay.endsWith("dev")) {
      assertThat(bindings).isEmpty();
      return;
    }
    assertThat(bindings).hasSize(1);
    assertThat(bindings.get(0).at("/roleRef/name").asText())
        .isEqualTo("system:service-account-issuer-discovery");
    assertThat(bindings.get(0).at("/subjects").toString())
        .isEqualTo(
            "[{\"kind\":\"ServiceAccount\",\"name\":\"%s\",\"namespace\":\"%s\"}]"
                .formatted(
                    Kustomization.name(only("ServiceAccount")),
                    Kustomization.name(only("Namespace"))));
  }

  @Test
  void the_example_of_a_client_has_a_token_that_nodes_take() {
    var client =
        Kustomization.build("examples").stream()
            .filter(it -> Kustomization.kind(it).equals("Deployment"))
            .findFirst()
            .orElseThrow();
    var labels = strings(client.at("/spec/template/metadata/labels"));
    var token = client.at("/spec/template/spec/volumes/0/projected/sources/0/serviceAccountToken");

    assertThat(labels)
        .containsAllEntriesOf(
            strings(only("NetworkPolicy").at("/spec/ingress/0/from/0/podSelector/matchLabels")));
    assertThat(token.at("/audience").asText())
        .isEqualTo(config().getString("retriever.node.auth.kubernetes.audience"));
    assertThat(token.at("/expirationSeconds").asInt()).isBetween(600, 3600);
  }

  /** Two of them in one cluster would each have half of the origins. */
  @Test
  void nodes_with_databases_of_their_own_are_never_two() {
    var own = ofKind("Secret").findAny().isPresent();

    assertThat(own).isEqualTo(overlay.endsWith("dev"));
    assertThat(deployment.at("/spec/strategy/type").asText())
        .isEqualTo(own ? "Recreate" : "RollingUpdate");
    assertThat(deployment.at("/spec/replicas").asInt() == 1).isEqualTo(own);
  }

  private Stream<ObjectNode> ofKind(String kind) {
    return manifests.stream().filter(manifest -> Kustomization.kind(manifest).equals(kind));
  }

  private JsonNode only(String kind) {
    var found = ofKind(kind).toList();
    assertThat(found).as(kind).hasSize(1);
    return found.get(0);
  }

  private JsonNode configMap(String name) {
    return ofKind("ConfigMap")
        .filter(it -> Kustomization.name(it).equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Map<String, String> labels() {
    return strings(deployment.at("/spec/template/metadata/labels"));
  }

  private Map<String, Integer> ports() {
    var ports = new TreeMap<String, Integer>();
    container
        .at("/ports")
        .forEach(port -> ports.put(port.get("name").asText(), port.get("containerPort").asInt()));
    return ports;
  }

  /** What the container's process finds; where it comes from the pod, where it does. */
  private Map<String, String> environment() {
    var environment = new TreeMap<String, String>();
    environment.putAll(
        strings(configMap(container.at("/envFrom/0/configMapRef/name").asText()).get("data")));
    for (var variable : container.at("/env")) {
      var field = variable.at("/valueFrom/fieldRef/fieldPath").asText();
      environment.put(variable.get("name").asText(), field.isEmpty() ? "" : "of " + field);
    }
    return environment;
  }

  private Config config() {
    return withEnvironment(environment(), ConfigFactory.defaultApplication());
  }

  /** Substitutions look here before they look at the environment. */
  private static Config withEnvironment(Map<String, String> environment, Config application) {
    return ConfigFactory.parseMap(new HashMap<>(environment))
        .withFallback(application)
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  private static Map<String, String> strings(JsonNode object) {
    var strings = new TreeMap<String, String>();
    object.properties().forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
    return strings;
  }

  private static Map<String, String> strings(JsonNode array, String key, String value) {
    var strings = new TreeMap<String, String>();
    array.forEach(item -> strings.put(item.get(key).asText(), item.get(value).asText()));
    return strings;
  }
}
