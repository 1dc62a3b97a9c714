package dev.retriever.loadtest;

import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.server.TargetServer;
import dev.retriever.loadtest.stress.Audience;
import dev.retriever.loadtest.stress.Subscriber;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * An archive of a node's classes (Java's class data sharing). Nodes that use it start with half the
 * processor time. The first quick run after a build makes it.
 */
final class NodeArchive {
  private static final Path FILE = Path.of("loadtest", "target", "node-classes.jsa");

  private static final int FETCHES = 20;
  private static final int ORIGINS = 5;

  private NodeArchive() {}

  /**
   * The options of the nodes' Java. Without an archive there are none, and nodes only start more
   * slowly.
   */
  static List<String> options() throws InterruptedException {
    try {
      if (!isCurrent()) {
        make();
      }
      return Files.exists(FILE)
          ? List.of("-Xlog:disable", "-XX:SharedArchiveFile=" + FILE.toAbsolutePath())
          : List.of();
    } catch (IOException | CompletionException | IllegalStateException e) {
      // Such as a machine that is so busy that the node does not end in time.
      return List.of();
    }
  }

  private static boolean isCurrent() throws IOException {
    if (!Files.exists(FILE)) {
      return false;
    }
    var made = Files.getLastModifiedTime(FILE).toMillis();
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .allMatch(entry -> new File(entry).lastModified() < made);
  }

  /** Starts a node that writes the archive when it ends. */
  private static void make() throws IOException, InterruptedException {
    Files.deleteIfExists(FILE);
    Files.createDirectories(FILE.toAbsolutePath().getParent());
    try (var workspace = Workspace.create("retriever-archive-")) {
      var options = List.of("-Xlog:disable", "-XX:ArchiveClassesAtExit=" + FILE.toAbsolutePath());
      var settings = Map.of("RETRIEVER_DATA_DIR", workspace.data().toString());
      var log = workspace.logs().resolve("node.log");
      var node = workspace.closing(NodeProcess.ofClassPath(options, settings, log));
      node.start();
      use(node, workspace);
      node.stop();
    }
  }

  /** Makes the node load the classes that most scenarios use. */
  private static void use(NodeProcess node, Workspace workspace) throws IOException {
    var target = workspace.closing(TargetServer.start(0, Optional.empty()));
    var api = workspace.closing(new Api());
    var audience = workspace.closing(new Audience(node.api().getPort()));
    new Subscriber(audience, 0, 0).open().join();
    for (var i = 0; i < FETCHES; i++) {
      var fetch = Submission.get(target.uri().resolve("/uuid")).json("f-" + i);
      var origin = Audience.origin(i % ORIGINS);
      api.submit(node.api(), origin, fetch, Optional.of(Fetches.WAIT)).join();
      api.read(node.api(), origin, "f-" + i, Optional.empty()).join();
    }
    api.stats(node.management()).join();
  }
}
