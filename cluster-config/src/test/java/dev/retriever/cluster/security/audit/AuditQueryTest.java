package dev.retriever.cluster.security.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AuditQueryTest {
  private static final Tenant ACME = new Tenant("acme");

  private static Caller caller(Tenant tenant, Role role) {
    return new Caller(Caller.Method.KEY, "k", tenant, Set.of(role), OriginPattern.ANY);
  }

  private static AuditQuery query(Caller caller, String tenant, String since, String after) {
    return AuditQuery.of(
        new AuditQuery.Asked(
            Optional.ofNullable(tenant),
            Optional.ofNullable(since),
            Optional.ofNullable(after),
            Optional.empty()),
        caller);
  }

  @Test
  void all_but_the_default_tenants_administrators_see_their_own_tenant() {
    assertThat(query(caller(Tenant.DEFAULT, Role.ADMIN), null, null, null).tenant()).isEmpty();
    assertThat(query(caller(Tenant.DEFAULT, Role.ADMIN), "acme", null, null).tenant())
        .contains(ACME);
    assertThat(query(caller(Tenant.DEFAULT, Role.OPERATE), null, null, null).tenant())
        .contains(Tenant.DEFAULT);
    assertThat(query(caller(ACME, Role.ADMIN), null, null, null).tenant()).contains(ACME);
    assertThat(query(caller(ACME, Role.OPERATE), "acme", null, null).tenant()).contains(ACME);
  }

  @Test
  void the_audit_of_another_tenant_is_refused_whether_it_exists_or_not() {
    for (var caller :
        new Caller[] {
          caller(ACME, Role.ADMIN), caller(ACME, Role.OPERATE), caller(Tenant.DEFAULT, Role.OPERATE)
        }) {
      assertThatThrownBy(() -> query(caller, "other", null, null))
          .isInstanceOfSatisfying(
              Problem.Found.class, it -> assertThat(it.problem().status()).isEqualTo(403));
    }
  }

  @Test
  void a_cursor_is_good_for_the_same_question_alone() {
    var all = caller(Tenant.DEFAULT, Role.ADMIN);
    var cursor = query(all, null, null, null).cursorAfter(7);

    assertThat(query(all, null, null, cursor).after()).isEqualTo(7);
    for (var other :
        new String[][] {{"acme", null}, {null, "2030-01-01T00:00:00Z"}, {"default", null}}) {
      assertThatThrownBy(() -> query(all, other[0], other[1], cursor))
          .isInstanceOf(Problem.Found.class);
    }
    assertThatThrownBy(() -> query(caller(ACME, Role.ADMIN), null, null, cursor))
        .isInstanceOf(Problem.Found.class);
    assertThatThrownBy(() -> query(all, null, null, "%%")).isInstanceOf(Problem.Found.class);
  }
}
