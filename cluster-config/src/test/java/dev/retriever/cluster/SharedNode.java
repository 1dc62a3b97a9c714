package dev.retriever.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives test classes a node and a target. They are the same for all, because a node takes seconds
 * to start: tests keep apart by the ids of their origins and fetches.
 */
public final class SharedNode implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedNode.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    var type = parameter.getParameter().getType();
    return type == RunningNode.class || type == TestTarget.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var store = context.getRoot().getStore(NAMESPACE);
    var pair = store.getOrComputeIfAbsent(Pair.class, key -> Pair.start(), Pair.class);
    return parameter.getParameter().getType() == RunningNode.class ? pair.node : pair.target;
  }

  /** Closed by JUnit after the last test. */
  private record Pair(Path dataDir, RunningNode node, TestTarget target) implements AutoCloseable {
    static Pair start() {
      try {
        var dataDir = Files.createTempDirectory("retriever-test");
        var pools = "retriever.executor.pools { bulk { permits = 1, executors = 1 } }";
        // So that it soon notices which subscribers of earlier tests are gone.
        var heartbeat = "retriever.node.outcomes.heartbeat = 1 s";
        var node = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, pools, heartbeat);
        return new Pair(dataDir, node, new TestTarget());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      node.close();
      target.close();
      try (var files = Files.walk(dataDir)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
