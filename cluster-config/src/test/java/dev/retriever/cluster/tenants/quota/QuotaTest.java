package dev.retriever.cluster.tenants.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.Tenant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaTest {
  private static Quota.All read(String settings) {
    return Quota.all(
        ConfigFactory.parseString(settings)
            .withFallback(ConfigFactory.parseResources("application.conf"))
            .resolve());
  }

  @Test
  void a_tenant_has_its_own_limits_and_the_rest_from_the_defaults() {
    var all =
        read(
            """
            retriever.node {
              tenants { acme.quota { pending = 1000 }, shop {} }
              tenant-defaults.quota { pending = 10, bytes = 1 GiB }
            }
            """);

    var acme = all.of(new Tenant("acme"));
    assertThat(acme.pending()).isEqualTo(OptionalLong.of(1000));
    assertThat(acme.bytes()).isEqualTo(OptionalLong.of(1L << 30));
    assertThat(all.of(new Tenant("shop")).pending()).isEqualTo(OptionalLong.of(10));
    assertThat(all.of(new Tenant("other")).pending()).isEqualTo(OptionalLong.of(10));
  }

  @Test
  void nothing_is_limited_by_default_and_the_default_tenant_never() {
    assertThat(read("").of(new Tenant("acme")).pending()).isEmpty();
    assertThat(read("retriever.node.tenant-defaults.quota.pending = 5").of(Tenant.DEFAULT))
        .isEqualTo(Quota.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "acme.quota.pending = -1, retriever.node.tenants.acme.quota.pending must be at least 0",
    "acme.quota.burst = 0, retriever.node.tenants.acme.quota.burst must be",
    "acme.quota.submits-per-second = 1000001, submits-per-second must be",
    "acme.quota.bytes = much, retriever.node.tenants.acme.quota.bytes must be a number of bytes",
    "default.quota.pending = 3, the default tenant has no quotas"
  })
  void a_wrong_quota_is_named(String setting, String message) {
    assertThatThrownBy(() -> read("retriever.node.tenants." + setting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
