package dev.retriever.cluster.callbacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.CapturedLog;
import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.callbacks.rows.EndpointStore;
import dev.retriever.cluster.callbacks.rows.StoredEndpoint;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndpointDirectoryTest {
  private final List<StoredEndpoint> table = new ArrayList<>();

  private final EndpointDirectory directory =
      new EndpointDirectory(store(), Runnable::run, Clock.systemUTC());

  /** A table that is only read as a whole. */
  private EndpointStore store() {
    return (EndpointStore)
        Proxy.newProxyInstance(
            EndpointStore.class.getClassLoader(),
            new Class<?>[] {EndpointStore.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("all")) {
                throw new UnsupportedOperationException(method.getName());
              }
              return List.copyOf(table);
            });
  }

  private static StoredEndpoint unreadable(String name, long version) {
    return new StoredEndpoint(
        new EndpointKey("default", name), 1, version, Optional.empty(), Optional.empty(), false);
  }

  @Test
  void an_endpoint_that_cannot_be_read_is_logged_once_for_each_version() {
    try (var log = CapturedLog.of(EndpointDirectory.class)) {
      table.add(unreadable("orders", 1));
      directory.read();
      directory.read();
      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0)).startsWith("ERROR").contains("orders", "version 1");

      table.set(0, unreadable("orders", 2));
      table.add(unreadable("parcels", 1));
      directory.read();
      directory.read();
      assertThat(log.lines()).hasSize(3);
    }
    assertThat(directory.generation("default", "orders")).isEmpty();
    assertThat(directory.areKnown()).isTrue();
  }
}
