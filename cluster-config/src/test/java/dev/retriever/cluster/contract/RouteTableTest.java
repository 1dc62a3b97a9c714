package dev.retriever.cluster.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Api;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.SharedNode;
import dev.retriever.cluster.security.AccessTable;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Contract, table of routes, and routes are the same three times: paths, methods and roles. */
@ExtendWith(SharedNode.class)
class RouteTableTest {
  private static final OpenApi API = new OpenApi(Contract.ofApi().json());
  private static final OpenApi MANAGEMENT = new OpenApi(Contract.ofManagement().json());

  private static final String NO_ROUTE = "The requested resource could not be found.";

  @Test
  void the_table_of_the_api_is_its_contract() {
    assertThat(rows(AccessTable.API)).isEqualTo(documented(API));
  }

  @Test
  void the_table_of_the_management_port_is_its_contract() {
    assertThat(rows(AccessTable.MANAGEMENT)).isEqualTo(documented(MANAGEMENT));
  }

  @Test
  void each_operation_has_a_route(RunningNode node) {
    API.operations().forEach(it -> assertRouted(node.api(), it));
    MANAGEMENT.operations().forEach(it -> assertRouted(node.management(), it));
  }

  private static void assertRouted(Api port, OpenApi.Operation operation) {
    var path =
        operation
            .path()
            .replace("{type}", "http")
            .replace("{keyId}", "abcdefghijkl")
            .replaceAll("\\{.*?}", "probe");
    var body = operation.method().equals("post") ? new byte[0] : null;
    // Not a stream, which would not end.
    var answer =
        port.send(
            operation.method().toUpperCase(Locale.ROOT), path, body, "Accept", "application/json");
    assertThat(answer.status()).as("%s", operation).isNotEqualTo(405);
    assertThat(answer.text()).as("%s", operation).doesNotContain(NO_ROUTE);
  }

  private static Set<String> rows(AccessTable table) {
    return table.rows().stream()
        .map(
            row -> said(row.method(), row.path(), row.need().key(), row.need().defaultTenantOnly()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> documented(OpenApi contract) {
    return contract.operations().stream()
        .flatMap(RouteTableTest::said)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Origins of the API have a row of their own: what is done with others takes another role. */
  private static Stream<String> said(OpenApi.Operation operation) {
    var method = operation.method().toUpperCase(Locale.ROOT);
    var others = operation.node().path("x-retriever-role-of-other-types").asText();
    var isDefault = operation.node().path("x-retriever-tenant").asText().equals("default");
    return others.isEmpty()
        ? Stream.of(said(method, operation.path(), operation.role(), isDefault))
        : Stream.of(
            said(method, operation.path().replace("{type}", "http"), operation.role(), false),
            said(method, operation.path(), others, true));
  }

  private static String said(String method, String path, String role, boolean isDefaultTenant) {
    var tenant = isDefaultTenant ? List.of("of the default tenant") : List.of();
    return method + " " + path.replaceAll("\\{.*?}", "{}") + " " + role + " " + tenant;
  }
}
