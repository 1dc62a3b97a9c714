package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.Need;
import dev.retriever.cluster.security.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every route of both ports, asked by callers with every role, and with all roles but one. */
class RoleMatrixTest {
  private static final List<String> TENANTS = List.of("default", "zzqq");

  /** What a credential must get at a route. */
  private enum Expected {
    UNAUTHENTICATED,
    FORBIDDEN,
    PASSES
  }

  /**
   * @param key none for a request without a credential
   * @param stands whether the key is good
   */
  private record Credential(
      String name, Optional<String> key, boolean stands, String tenant, Set<Role> roles) {
    /** The rule in other words than the door's. */
    Expected at(Need need) {
      if (need.anonymous()) {
        return Expected.PASSES;
      }
      if (key.isEmpty() || !stands) {
        return Expected.UNAUTHENTICATED;
      }
      var isOfTheTenant = !need.defaultTenantOnly() || tenant.equals("default");
      var hasRole = need.roles().isEmpty() || need.roles().stream().anyMatch(roles::contains);
      return isOfTheTenant && hasRole ? Expected.PASSES : Expected.FORBIDDEN;
    }
  }

  private final TestCallers callers = new TestCallers();
  private final List<Credential> credentials = new ArrayList<>();
  @TempDir private Path directory;

  private void add(String tenant, Set<Role> roles, String name) {
    var key = callers.key(tenant, roles, "*");
    credentials.add(new Credential(name, Optional.of(key), true, tenant, roles));
  }

  private void addAll() {
    for (var tenant : TENANTS) {
      add(tenant, Role.ALL, tenant + ", all roles");
      for (var role : Role.values()) {
        add(tenant, Set.of(role), tenant + ", only " + role);
        var others = EnumSet.allOf(Role.class);
        others.remove(role);
        add(tenant, others, tenant + ", all but " + role);
      }
      var ended = callers.key(tenant, Role.ALL, "*", "2020-01-01");
      credentials.add(
          new Credential(tenant + ", ended", Optional.of(ended), false, tenant, Role.ALL));
    }
    credentials.add(new Credential("none", Optional.empty(), false, "", Set.of()));
    var unknown = new TestCallers().key("default");
    credentials.add(new Credential("unknown", Optional.of(unknown), false, "default", Role.ALL));
  }

  @Test
  void every_route_lets_in_whom_its_row_says_and_none_else() {
    addAll();
    var wrong = new ArrayList<String>();
    var counts = new TreeMap<Expected, Integer>();
    try (var node = RunningNode.start(directory, callers.settings())) {
      var ports =
          Map.of(
              AccessTable.API,
              node.api(),
              AccessTable.MANAGEMENT_WITH_DASHBOARD,
              node.management());
      for (var port : List.of(AccessTable.API, AccessTable.MANAGEMENT_WITH_DASHBOARD)) {
        for (var row : port.rows()) {
          for (var credential : credentials) {
            var expected = credential.at(row.need());
            counts.merge(expected, 1, Integer::sum);
            var found = found(asked(ports.get(port), row, credential));
            if (found != expected) {
              wrong.add(row + " with " + credential.name() + ": " + found + ", not " + expected);
            }
          }
        }
      }
    }

    System.out.println("Role matrix: " + counts + ", of " + credentials.size() + " credentials");
    assertThat(wrong).isEmpty();
    assertThat(counts.keySet()).containsExactly(Expected.values());
  }

  private static Api.Answer asked(Api port, AccessTable.Row row, Credential credential) {
    var path = row.path().replaceAll("\\{[a-z]+}", "aaaaaaaaaaaa");
    // Streams are refused then, after the door.
    return credential
        .key()
        .map(port::as)
        .orElse(port)
        .send(row.method(), path, null, "Accept", "application/json");
  }

  private static Expected found(Api.Answer answer) {
    return switch (answer.status()) {
      case 401 -> {
        assertThat(answer.header("WWW-Authenticate"))
            .hasValueSatisfying(it -> assertThat(it).startsWith("Bearer"));
        yield Expected.UNAUTHENTICATED;
      }
      case 403 -> Expected.FORBIDDEN;
      default -> Expected.PASSES;
    };
  }
}
