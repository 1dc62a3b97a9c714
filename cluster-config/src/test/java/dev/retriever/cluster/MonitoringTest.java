package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alerts, their tests and their runbook, and the dashboard of Grafana. */
class MonitoringTest {
  private static final Path RUNBOOK = Path.of("../docs/runbook.md");
  private static final List<String> PARTS =
      List.of("**What it means.**", "**How to see it.**", "**What to do.**");

  @TempDir private Path directory;

  private static List<String> alerts() {
    return Monitoring.rules().stream().map(rule -> rule.get("alert").asText()).toList();
  }

  @Test
  void each_alert_has_a_section_of_the_runbook_with_all_of_its_parts() throws IOException {
    var sections = Files.readString(RUNBOOK).split("\n## ");
    var titles = new ArrayList<String>();
    for (var n = 1; n < sections.length; n++) {
      titles.add(sections[n].lines().findFirst().orElseThrow());
      assertThat(sections[n]).as(titles.get(n - 1)).contains(PARTS);
    }

    assertThat(titles).isEqualTo(alerts());
  }

  @Test
  void each_alert_names_its_section_and_says_what_is_wrong() {
    for (var rule : Monitoring.rules()) {
      var name = rule.get("alert").asText();
      assertThat(rule.at("/annotations/runbook_url").asText())
          .isEqualTo("docs/runbook.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(rule.at("/annotations/summary").asText()).as(name).isNotEmpty();
      assertThat(rule.at("/annotations/description").asText()).as(name).endsWith(".");
      assertThat(rule.at("/labels/severity").asText()).as(name).isIn("page", "ticket");
    }
  }

  @Test
  void each_alert_is_tested_firing_and_silent() {
    var firing = new TreeSet<String>();
    var silent = new TreeSet<String>();
    for (var test : Monitoring.yaml(Monitoring.TESTS).get("tests")) {
      for (var rule : test.get("alert_rule_test")) {
        (rule.get("exp_alerts").isEmpty() ? silent : firing).add(rule.get("alertname").asText());
      }
    }

    assertThat(firing).isEqualTo(Set.copyOf(alerts()));
    assertThat(silent).isEqualTo(Set.copyOf(alerts()));
  }

  @Test
  void the_tests_of_the_alerts_pass() {
    var ran = PrometheusTools.promtool(List.of("test", "rules", Monitoring.TESTS.toString()));

    assertThat(ran.status()).as(ran.text()).isZero();
  }

  @Test
  void each_expression_of_the_dashboard_can_be_read_by_prometheus() throws IOException {
    var rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
    var expressions = Monitoring.dashboardExpressions();
    for (var n = 0; n < expressions.size(); n++) {
      var quoted = expressions.get(n).replace("'", "''");
      rules.append("  - record: expression:%d\n    expr: '%s'\n".formatted(n, quoted));
    }
    var file = Files.writeString(directory.resolve("dashboard.yaml"), rules);

    var ran = PrometheusTools.promtool(List.of("check", "rules", file.toString()));

    assertThat(ran.status()).as(ran.text()).isZero();
    assertThat(ran.text()).contains(expressions.size() + " rules found");
  }

  @Test
  void panels_of_the_dashboard_do_not_overlap_and_have_titles() throws IOException {
    var panels = Monitoring.yaml(Monitoring.DIRECTORY.resolve("dashboard.json")).get("panels");
    var taken = new TreeSet<String>();
    for (var panel : panels) {
      assertThat(panel.get("title").asText()).isNotEmpty();
      cells(panel.get("gridPos")).forEach(cell -> assertThat(taken.add(cell)).isTrue());
    }
  }

  private static List<String> cells(JsonNode place) {
    var cells = new ArrayList<String>();
    for (var x = place.get("x").asInt(); x < place.get("x").asInt() + place.get("w").asInt(); x++) {
      for (var y = place.get("y").asInt();
          y < place.get("y").asInt() + place.get("h").asInt();
          y++) {
        cells.add(x + "," + y);
      }
    }
    return cells;
  }
}
