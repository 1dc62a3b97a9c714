package dev.retriever.loadtest.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.process.Databases;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Scenario;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FuzzApiTest {
  private static final String CONTRACT =
      """
      {"paths": {"/a/{b}": {"get": {"responses": {
          "200": {"content": {"application/json": {}}},
          "404": {"content": {"application/problem+json": {"schema":
              {"properties": {"type": {"enum": ["/problems/not-found"]}}}}}}}}}},
       "x-retriever-no-operation": {"responses": {"405": {}}}}
      """;

  private static Answer problem(int status, String type) {
    var headers = Map.of("content-type", "application/problem+json");
    return new Answer(status, headers, "{\"type\": \"" + type + "\"}");
  }

  @Test
  void an_answer_is_known_by_its_operation_status_and_type_of_problem() throws Exception {
    var contract = new ServedContract(new ObjectMapper().readTree(CONTRACT));
    var found = new Answer(200, Map.of("content-type", "application/json"), "{}");

    assertThat(contract.knows("GET", "/a/b?c=d", found)).isTrue();
    assertThat(contract.knows("GET", "/a", found)).isFalse();
    assertThat(contract.knows("GET", "/a/b", problem(404, "/problems/not-found"))).isTrue();
    assertThat(contract.knows("GET", "/a/b", problem(404, "/problems/gone"))).isFalse();
    assertThat(contract.knows("GET", "/a/b", problem(500, "/problems/internal"))).isFalse();
    assertThat(contract.knows("PUT", "/a/b", new Answer(405, Map.of(), ""))).isTrue();
    assertThat(contract.knows("GET", "/a/b", new Answer(405, Map.of(), ""))).isFalse();
  }

  /** On PostgreSQL, whose rows can be counted while the node runs. */
  @Test
  void a_thousand_requests_are_answered_as_the_contract_has_it_and_leave_nothing_when_refused()
      throws Exception {
    var scenario =
        Scenario.onStageOfSeveral(Group.F, "fuzz-api", FuzzApi::run)
            .sized(FuzzApi.requests(20_000, 1_000));
    var options =
        new Context.RunOptions(true, 1, Map.of(), List.of(), List.of(), List.of(), false, 1);
    var out = new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    try (var databases = new Databases(Database.Kind.H2);
        var context = new Context(scenario, options, databases, out, false)) {
      var result = scenario.run(context);

      assertThat(result.complaints()).isEmpty();
      assertThat(result.kept()).isTrue();
    }
  }
}
