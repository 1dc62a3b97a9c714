package dev.retriever.cluster.formation;

import static dev.retriever.executor.settings.SettingRules.atLeast;

import dev.retriever.executor.settings.SettingsReader;
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
    public void check(int managementPort) {}

    @Override
    public Route routes(ActorSystem<?> system) {
      return Directives.reject();
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
    public void check(int managementPort) {
      if (managementPort == 0) {
        throw new IllegalArgumentException(
            "management.port (RETRIEVER_MANAGEMENT_PORT) must be the port that the pod's container"
                + " names management, but is 0");
      }
    }

    @Override
    public Route routes(ActorSystem<?> system) {
      return PekkoManagement.get(system).getRoutes();
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

  public static Formation from(SettingsReader node) {
    atLeast("kubernetes.contact-points", node.count("kubernetes.contact-points"), 1);
    return node.choice("cluster", Formation.class);
  }

  /**
   * @throws IllegalArgumentException if no cluster can be formed with that port
   */
  public abstract void check(int managementPort);

  /**
   * The routes that other nodes ask on the management port. To be called once for each actor
   * system.
   */
  public abstract Route routes(ActorSystem<?> system);

  /**
   * Begins to form or join a cluster, and returns at once. The node is not ready before it is a
   * member.
   *
   * @param alone has the node begin a cluster by itself
   * @throws IllegalStateException with the next step, if it cannot begin
   */
  public abstract void join(ActorSystem<?> system, Runnable alone);
}
