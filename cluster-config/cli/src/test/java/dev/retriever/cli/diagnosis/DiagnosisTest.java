package dev.retriever.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.client.NodeProbe;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {
  private static final Instant NOW = Instant.parse("2026-01-15T10:00:00Z");

  private static NodeProbe probe(Duration ahead, Optional<Instant> ends) {
    return new NodeProbe(200, Duration.ofMillis(3), Optional.of(ahead), ends, "");
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> judged(List<Finding> findings) {
    return findings.stream().map(it -> it.level() + " " + it.what()).toList();
  }

  @ParameterizedTest
  @CsvSource({"PT2S,ok", "PT-2S,ok", "PT2.1S,warn", "PT-30S,warn", "PT31S,fail", "PT-31S,fail"})
  void clocks_may_differ_a_little(Duration ahead, String level) {
    assertThat(Diagnosis.clock(probe(ahead, Optional.empty())).level()).hasToString(level);
  }

  @ParameterizedTest
  @CsvSource({"2026-01-15T09:59:59Z,fail", "2026-01-28T10:00:00Z,warn", "2026-01-29T10:00:00Z,ok"})
  void certificates_are_renewed_before_they_end(Instant ends, String level) {
    var finding =
        Diagnosis.tls(
            URI.create("https://a.example"), probe(Duration.ZERO, Optional.of(ends)), NOW);

    assertThat(finding.level()).hasToString(level);
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:8080,ok",
    "http://localhost:8080,ok",
    "http://[::1]:8080,ok",
    "http://a.example,warn"
  })
  void without_tls_only_this_machine_is_safe(URI api, String level) {
    assertThat(Diagnosis.tls(api, probe(Duration.ZERO, Optional.empty()), NOW).level())
        .hasToString(level);
  }

  @Test
  void a_cluster_in_order_has_nothing_to_say() {
    var node =
        "{'name':'n1','status':'up','reachable':true,'answered':true,'version':'1','storage':'there'}";
    var findings = Diagnosis.nodes(json("{'mayStop':{'now':true},'items':[" + node + "]}"), NOW);

    assertThat(judged(findings))
        .containsExactly("ok members", "ok version", "ok database", "ok stop");
  }

  @Test
  void nodes_that_are_lost_older_or_without_database_are_named() {
    var findings =
        Diagnosis.nodes(
            json(
                "{'mayStop':{'now':false,'because':'a node is unreachable'},'items':["
                    + "{'name':'n1','status':'up','reachable':true,'answered':true,'version':'1','storage':'away',"
                    + "'certificates':[{'port':'api','ends':'2026-01-16T00:00:00Z'}]},"
                    + "{'name':'n2','status':'up','reachable':false,'answered':false,'version':'2'},"
                    + "{'name':'n3','status':'joining','reachable':true,'answered':true,'version':'2'}]}"),
            NOW);

    assertThat(judged(findings))
        .containsExactly("fail members", "warn version", "fail database", "warn tls", "warn stop");
    assertThat(findings.get(0).text()).isEqualTo("n2 is not reachable; n3 is joining");
    assertThat(findings).allSatisfy(it -> assertThat(it.nextStep()).isNotEmpty());
  }

  @Test
  void what_the_node_found_dangerous_in_the_database_is_told_with_what_to_do() {
    var findings =
        Diagnosis.database(
            json(
                "{'answered':true,'product':'PostgreSQL','version':'16.4','findings':["
                    + "{'severity':'severe','text':'fsync is off','nextStep':'Set fsync = on.'},"
                    + "{'severity':'notice','text':'autovacuum is off','nextStep':'Set it.'}]}"));

    assertThat(judged(findings)).containsExactly("fail database", "warn database");
    assertThat(findings)
        .extracting(Finding::nextStep)
        .containsExactly("Set fsync = on.", "Set it.");
  }

  @Test
  void a_database_in_order_is_named_with_its_connections() {
    var findings =
        Diagnosis.database(
            json(
                "{'answered':true,'product':'PostgreSQL','version':'16.4','findings':[],"
                    + "'connections':{'most':97,'used':41,'perNode':28,'nodes':3}}"));

    assertThat(judged(findings)).containsExactly("ok database");
    assertThat(findings.get(0).text())
        .isEqualTo(
            "PostgreSQL 16.4, no setting is dangerous; 41 of 97 connections used, 3 nodes open up to 28"
                + " each");
  }

  @Test
  void counts_that_should_be_zero_are_told_with_what_to_do() {
    var findings =
        Diagnosis.stats(
            json(
                "{'contradictingReports':1,'parked':2,'executors':{'default':{'waiting':5},'bulk':{'waiting':0}}}"));

    assertThat(judged(findings)).containsExactly("fail figures", "warn figures", "warn pool");
    assertThat(judged(Diagnosis.stats(json("{}")))).containsExactly("ok figures");
  }

  @Test
  void a_node_that_asks_for_no_key_is_said_to_be_open() {
    assertThat(Diagnosis.caller(json("{'method':'open','roles':['read']}")).level())
        .hasToString("warn");
    assertThat(
            Diagnosis.caller(
                    json(
                        "{'method':'key','caller':'k','tenant':'shop','roles':['read','submit'],'origins':'*'}"))
                .text())
        .isEqualTo("k of tenant shop, roles read,submit, origins *");
  }
}
