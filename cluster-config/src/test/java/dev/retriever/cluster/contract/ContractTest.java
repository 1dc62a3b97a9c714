package dev.retriever.cluster.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.Api;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.SharedNode;
import dev.retriever.cluster.http.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents: what they say, and that each port serves its own. */
@ExtendWith(SharedNode.class)
class ContractTest {
  private static final Set<String> ROLES =
      Set.of("none", "any", "submit", "read", "cancel", "operate", "admin", "metrics");

  static List<Contract> documents() {
    return List.of(Contract.ofApi(), Contract.ofManagement());
  }

  @Test
  void each_port_serves_its_contract_as_yaml_and_as_json(RunningNode node) {
    assertServed(node.api(), Contract.ofApi());
    assertServed(node.management(), Contract.ofManagement());
  }

  private static void assertServed(Api port, Contract contract) {
    assertThat(port.get("/openapi.yaml").text()).isEqualTo(contract.yaml());
    assertThat(ExchangeCheck.parsed(port.get("/openapi.json").text())).contains(contract.json());
  }

  @Test
  void a_document_with_a_key_twice_is_refused() {
    assertThatThrownBy(() -> Contract.of("openapi: 3.1.0\nopenapi: 3.1.0\n"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("duplicate key openapi");
  }

  @Test
  void what_both_documents_define_under_one_name_is_the_same() {
    for (var section : List.of("schemas", "responses", "headers", "examples")) {
      var api = Contract.ofApi().json().path("components").path(section);
      var management = Contract.ofManagement().json().path("components").path(section);
      for (var defined : management.properties()) {
        if (api.has(defined.getKey())) {
          assertThat(defined.getValue())
              .as("%s %s", section, defined.getKey())
              .isEqualTo(api.get(defined.getKey()));
        }
      }
    }
  }

  @Test
  void each_type_of_problem_is_an_answer_in_a_document() {
    var text = Contract.ofApi().json().toString() + Contract.ofManagement().json();
    for (var type : ProblemType.values()) {
      var uri = type == ProblemType.OTHER ? "about:blank" : "/problems/" + type.slug();
      assertThat(text).contains("\"" + uri + "\"");
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void each_operation_says_its_name_its_role_and_its_failures(Contract contract) {
    var names = new TreeSet<String>();
    for (var operation : new OpenApi(contract.json()).operations()) {
      var node = operation.node();
      assertThat(names.add(node.path("operationId").asText())).as("%s", operation).isTrue();
      assertThat(node.path("summary").asText()).as("%s", operation).isNotEmpty();
      assertThat(operation.role().split("\\|")).as("%s", operation).isSubsetOf(ROLES);
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void each_body_has_an_example_and_each_example_keeps_its_schema(Contract contract) {
    var document = new OpenApi(contract.json());
    var found = new ArrayList<String>();
    examine(document, document.root(), "", found);
    assertThat(found).isEmpty();
  }

  private static void examine(OpenApi document, JsonNode node, String at, List<String> found) {
    for (var member : node.properties()) {
      if (member.getKey().equals("content")) {
        member
            .getValue()
            .properties()
            .forEach(it -> media(document, it.getValue(), at + "/" + it.getKey(), found));
      }
      examine(document, member.getValue(), at + "/" + member.getKey(), found);
    }
    for (var i = 0; node.isArray() && i < node.size(); i++) {
      examine(document, node.get(i), at + "/" + i, found);
    }
    if (node.has("schema") && node.has("example")) {
      keeps(document, node.get("schema"), node.get("example"), at, found);
    }
  }

  private static void media(OpenApi document, JsonNode media, String at, List<String> found) {
    var examples = new ArrayList<JsonNode>();
    media.path("examples").forEach(it -> examples.add(document.followed(it).path("value")));
    if (examples.isEmpty() && !media.has("example")) {
      found.add(at + " has no example");
    }
    examples.forEach(it -> keeps(document, media.path("schema"), it, at, found));
  }

  private static void keeps(
      OpenApi document, JsonNode schema, JsonNode example, String at, List<String> found) {
    document.breaches(schema, example).forEach(it -> found.add(at + ": " + it));
    var inSchema = document.followed(schema).path("examples");
    inSchema.forEach(
        it -> document.breaches(schema, it).forEach(breach -> found.add(at + ": " + breach)));
  }
}
