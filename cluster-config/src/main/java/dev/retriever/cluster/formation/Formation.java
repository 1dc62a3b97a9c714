package dev.retriever.cluster.formation;

import static dev.retriever.executor.settings.SettingRules.atLeast;

import dev.retriever.executor.settings.SettingsReader;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;
import org.apache.pekko.management.javadsl.PekkoManagement;

/** How a node becomes a member of a cluster, from {@code retriever.node.cluster}. */
public enum Formation {
  /** A cluster of this node alone. */
  ALONE {
    @Override
    public void check(int bootstrapPort) {}

    @Override
    public Optional<Route> routes(ActorSystem<?> system) {
      return Optional.empty();
    }

    @Override
    public void join(ActorSystem<?> system, Runnable alone) {
      alone.run();
    }
  },

  /**
   * A cluster with the pods that the Kubernetes API lists: theirs if there is one, else a new one.
   */
  KUBERNETES {
    @Override
    public void check(int bootstrapPort) {
      if (bootstrapPort == 0) {
        throw new IllegalArgumentException(
            "bootstrap.port (RETRIEVER_BOOTSTRAP_PORT) must be the port that the pod's container"
                + " names bootstrap, but is 0");
      }
    }

    @Override
    public Optional<Route> routes(ActorSystem<?> system) {
      var all = PekkoManagement.get(system).getRoutes();
      return Optional.of(
          Directives.extractRequest(
              request -> request.getUri().path().equals(MEMBERS) ? all : Directives.reject()));
    }

    @Override
    public void join(ActorSystem<?> system, Runnable alone) {
      try {
        ClusterBootstrap.get(system).start();
      } catch (Exception e) { // Scala throws checked ones without declaring them
        throw new IllegalStateException(
            "cannot look for other pods; RETRIEVER_CLUSTER=kubernetes takes a pod that the token and"
                + " the certificate of its service account are mounted into ("
                + e
                + ")",
            e);
      }
    }
  };

  /** What pods ask each other. Other routes of Pekko Management could change the cluster. */
  private static final String MEMBERS = "/bootstrap/seed-nodes";

  public static Formation from(SettingsReader node) {
    atLeast("kubernetes.contact-points", node.count("kubernetes.contact-points"), 1);
    return node.choice("cluster", Formation.class);
  }

  /**
   * @throws IllegalArgumentException if no cluster can be formed with that port
   */
  public abstract void check(int bootstrapPort);

  /**
   * What other nodes ask on the bootstrap port; empty if that port is not needed. It has no
   * authentication, because nodes that ask are not in the cluster yet. To be called once for each
   * actor system.
   */
  public abstract Optional<Route> routes(ActorSystem<?> system);

  /**
   * Begins to form or join a cluster, and returns at once. The node is not ready before it is a
   * member.
   *
   * @param alone has the node begin a cluster by itself
   * @throws IllegalStateException with the next step, if it cannot begin
   */
  public abstract void join(ActorSystem<?> system, Runnable alone);
}
