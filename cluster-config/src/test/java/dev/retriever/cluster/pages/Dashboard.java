package dev.retriever.cluster.pages;

import static dev.retriever.cluster.Api.json;

import com.microsoft.playwright.options.ColorScheme;
import dev.retriever.cluster.Api;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestTarget;
import dev.retriever.cluster.callbacks.CallbackKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A browser, and a node that has something of everything that pages show: one for all tests of the
 * JVM, because both take seconds to start.
 */
final class Dashboard implements BeforeAllCallback, ParameterResolver {
  static final int WIDE = 1280;

  /** A JVM's one. Closed with it. */
  static final class Started implements AutoCloseable {
    final Chromium chromium = Chromium.start();
    final TestTarget target = new TestTarget();
    final Path directory;
    final RunningNode node;

    private Started() throws IOException {
      directory = Files.createTempDirectory("dashboard");
      node =
          RunningNode.start(
              directory,
              RunningNode.MAY_CALL_LOOPBACK,
              CallbackKeys.settings(directory),
              "retriever.executor.transport.egress-ports = [\"1-65535\"]");
      Content.fill(this);
    }

    Api api() {
      return node.api();
    }

    Api management() {
      return node.management();
    }

    OpenPage open(String hash) {
      return open(hash, ColorScheme.LIGHT, WIDE);
    }

    OpenPage open(String hash, ColorScheme theme, int width) {
      return blank(theme, width).at(hash);
    }

    OpenPage blank(ColorScheme theme, int width) {
      return new OpenPage(chromium.browser(), management().url(), theme, width);
    }

    /** A fetch of that id that has settled, of a target that does as the path says. */
    Api.Answer settled(String originId, String id, String path) {
      var body = "{'id':'%s','request':{'url':'%s'},'labels':{'customer':'42'}}";
      return api().settled(originId, json(body, id, target.url(path)));
    }

    @Override
    public void close() throws IOException {
      chromium.close();
      target.close();
      node.close();
      try (var files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(Started::delete);
      }
    }

    private static void delete(Path file) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Started started(ExtensionContext context) {
    var store = context.getRoot().getStore(Namespace.create(Dashboard.class));
    return store.getOrComputeIfAbsent(
        Started.class,
        type -> {
          try {
            return new Started();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        Started.class);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    started(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Started.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return started(context);
  }
}
