package dev.retriever.cluster.security.requests;

import java.util.Set;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** Questions of load balancers and Kubernetes: they ask by any name, and are told nothing else. */
final class ProbePaths {
  private static final Set<String> PATHS = Set.of("/alive", "/ready");

  private ProbePaths() {}

  static boolean isProbe(HttpRequest request) {
    return PATHS.contains(request.getUri().path());
  }
}
