package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Three processes find each other by the Kubernetes API, as pods do. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere not all of 127.0.0.0/8 is loopback")
class KubernetesFormationTest {
  private static final List<String> IPS = List.of("127.0.0.2", "127.0.0.3", "127.0.0.4");
  private static final String MEMBERS = "/bootstrap/seed-nodes";
  private static final String STRANGER = "127.0.0.5";
  private static final Map<String, String> OURS =
      Map.of("app", "retriever", "tier", "test", "pod-template-hash", "1");
  private static final Duration FORMED = Duration.ofSeconds(90);

  @TempDir private static Path directory;
  private static KubernetesStub api;
  private static PodProcess stranger;
  private static final List<PodProcess> PODS = new ArrayList<>();

  @BeforeAll
  static void start_three_pods_and_one_with_a_wrong_token() throws Exception {
    var addresses = new ArrayList<>(IPS);
    addresses.add(STRANGER);
    var ports =
        new PodProcess.Ports(
            FreePort.on(addresses), FreePort.on(addresses), FreePort.on(addresses));
    var pods = new ArrayList<KubernetesStub.Pod>();
    IPS.forEach(ip -> pods.add(pod(ip, OURS, "Running", ports)));
    // All contact points must answer, so one of these would hold up the others for good.
    pods.add(pod("127.0.0.8", Map.of("app", "retriever", "tier", "other"), "Running", ports));
    pods.add(pod("127.0.0.9", OURS, "Failed", ports));
    api = new KubernetesStub(directory, pods);
    var database = TestPostgres.newDatabase();
    for (var ip : IPS) {
      PODS.add(new PodProcess(ip, ports, api, api.token(), database, directory));
    }
    var wrong = Files.writeString(directory.resolve("wrong-token"), "not-" + KubernetesStub.TOKEN);
    stranger = new PodProcess(STRANGER, ports, api, wrong, database, directory);
  }

  @AfterAll
  static void end() {
    for (var pod : PODS) {
      pod.close();
    }
    if (stranger != null) {
      stranger.close();
    }
    if (api != null) {
      api.close();
    }
  }

  @Test
  void pods_form_one_cluster() {
    var all = new TreeSet<>(PODS.stream().map(PodProcess::remoting).toList());
    for (var pod : PODS) {
      try {
        Eventually.becomes(all, () -> membersUp(pod), FORMED);
        Eventually.becomes(200, () -> pod.get("/ready").status(), FORMED);
      } catch (AssertionError e) {
        throw new AssertionError("its log: " + pod.log(), e);
      }
    }
  }

  @Test
  void a_pod_without_the_token_is_alive_and_not_ready() {
    Eventually.becomes(true, () -> api.hasAnsweredWith(401), FORMED);

    assertThat(stranger.get("/alive").status()).isEqualTo(200);
    var ready = stranger.get("/ready");
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.json().at("/detail").asText()).contains("not a member of its cluster");
    assertThat(membersUp(stranger)).isEmpty();
  }

  @Test
  void outside_of_a_pod_a_node_does_not_start() {
    var config =
        RunningNode.config(
            directory.resolve("data-outside"),
            "retriever.node.cluster = kubernetes",
            "retriever.node.bootstrap.port = " + FreePort.on(List.of("127.0.0.1")),
            "pekko.discovery.kubernetes-api.api-ca-path = \"" + directory + "/none.crt\"");

    assertThatThrownBy(() -> Node.start(config))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("RETRIEVER_CLUSTER=kubernetes takes a pod")
        .hasMessageContaining("none.crt");
  }

  @Test
  void an_unknown_path_is_still_answered_with_a_problem() {
    var pod = PODS.get(0);
    Eventually.becomes(404, () -> pod.bootstrap("/bootstrap/nothing").status(), FORMED);

    var answer = pod.bootstrap("/bootstrap/nothing");
    assertThat(answer.type()).contains("application/problem+json");
    assertThat(answer.json().at("/type").asText()).isEqualTo("/problems/not-found");
  }

  @Test
  void the_bootstrap_port_tells_the_members_and_nothing_else() {
    var pod = PODS.get(0);
    Eventually.becomes(200, () -> pod.bootstrap(MEMBERS).status(), FORMED);

    for (var path :
        List.of(
            "/",
            "/alive",
            "/ready",
            "/stats",
            "/admin/origins/http/o",
            "/v1/origins/o/fetches",
            "/cluster/members",
            "/cluster/shards/http",
            "/health/ready",
            "/bootstrap",
            MEMBERS + "/")) {
      assertThat(pod.bootstrap(path).status()).as(path).isEqualTo(404);
    }
  }

  @Test
  void the_management_port_has_neither_that_nor_the_commands_of_pekko() {
    var pod = PODS.get(0);
    Eventually.becomes(200, () -> pod.get("/alive").status(), FORMED);

    for (var path :
        List.of(MEMBERS, "/cluster/members", "/cluster/members/", "/cluster/domain-events")) {
      assertThat(pod.get(path).status()).as(path).isEqualTo(404);
    }
    assertThatThrownBy(
            () ->
                Class.forName(
                    "org.apache.pekko.management.cluster.ClusterHttpManagementRouteProvider"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  /** Those that the node tells to pods that come later. */
  private static TreeSet<String> membersUp(PodProcess pod) {
    var members = new TreeSet<String>();
    StreamSupport.stream(pod.bootstrap(MEMBERS).json().path("seedNodes").spliterator(), false)
        .filter(member -> member.path("status").asText().equals("Up"))
        .map(member -> member.path("node").asText())
        .forEach(members::add);
    return members;
  }

  private static KubernetesStub.Pod pod(
      String ip, Map<String, String> labels, String phase, PodProcess.Ports ports) {
    return new KubernetesStub.Pod(ip, labels, phase, ports.bootstrap());
  }
}
