package dev.retriever.cluster;

import com.typesafe.config.Config;
import java.util.Arrays;
import java.util.Locale;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;
import org.apache.pekko.management.javadsl.PekkoManagement;

/** How a node comes to be in a cluster, from {@code retriever.node.cluster}. */
enum Formation {
  /** A cluster of this node. */
  ALONE {
    @Override
    void check(int managementPort) {}

    @Override
    Route routes(ActorSystem<?> system) {
      return Directives.reject();
    }

    @Override
    void join(ActorSystem<?> system, Runnable alone) {
      alone.run();
    }
  },

  /** One with the pods that the Kubernetes API lists: theirs if they have one, else a new one. */
  KUBERNETES {
    @Override
    void check(int managementPort) {
      if (managementPort == 0) {
        throw new IllegalArgumentException(
            "retriever.node.management.port must be the port that the pod's container names"
                + " management, but is 0; set RETRIEVER_MANAGEMENT_PORT");
      }
    }

    @Override
    Route routes(ActorSystem<?> system) {
      return PekkoManagement.get(system).getRoutes();
    }

    @Override
    void join(ActorSystem<?> system, Runnable alone) {
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

  private static final String KEY = "retriever.node.cluster";

  /**
   * @param node the settings under {@code retriever.node}
   * @throws IllegalArgumentException naming the key that has no meaning
   */
  static Formation from(Config node) {
    var name = node.getString("cluster");
    var formation =
        Arrays.stream(values())
            .filter(value -> value.settingName().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        KEY + " must be alone or kubernetes, but is '" + name + "'"));
    var contactPoints = node.getInt("kubernetes.contact-points");
    if (contactPoints < 1) {
      throw new IllegalArgumentException(
          "retriever.node.kubernetes.contact-points must be at least 1, but is " + contactPoints);
    }
    return formation;
  }

  private String settingName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException if no cluster can be formed with that port
   */
  abstract void check(int managementPort);

  /** What other nodes ask on the management port. To be called once for each actor system. */
  abstract Route routes(ActorSystem<?> system);

  /**
   * Begins, and returns at once; the node is not ready before it is a member.
   *
   * @param alone has the node begin a cluster by itself
   * @throws IllegalStateException with the next step, if it cannot begin
   */
  abstract void join(ActorSystem<?> system, Runnable alone);
}
