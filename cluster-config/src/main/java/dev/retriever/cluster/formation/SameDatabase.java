package dev.retriever.cluster.formation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import org.apache.pekko.cluster.ConfigValidation;
import org.apache.pekko.cluster.Invalid;
import org.apache.pekko.cluster.JoinConfigCompatChecker;
import org.apache.pekko.cluster.Valid;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Checks that a joining node stores in the cluster's database. With another database it would not
 * find the journals of the origins that move to it, and would begin them anew. Pekko makes it by
 * its name. Both the joining node and the node that admits it ask.
 */
public final class SameDatabase extends JoinConfigCompatChecker {
  private static final String ID = "retriever.node.db.identity";
  private static final String CHECKER =
      "pekko.cluster.configuration-compatibility-check.checkers.retriever-database";

  /** The configuration of a node that stores in the database of that id, with the id in it. */
  public static Config configure(Config config, String id) {
    return config
        .withValue(ID, ConfigValueFactory.fromAnyRef(id))
        .withValue(CHECKER, ConfigValueFactory.fromAnyRef(SameDatabase.class.getName()));
  }

  @Override
  public Seq<String> requiredKeys() {
    return seq(ID);
  }

  @Override
  public ConfigValidation check(Config other, Config own) {
    // A node without an id holds no origins, such as another service in the users' cluster.
    if (!other.hasPath(ID) || other.getString(ID).equals(own.getString(ID))) {
      return Valid.getInstance();
    }
    return new Invalid(
        seq(
            "the node that joins and its cluster store in different databases (ids %s and, here, %s); give every node the same RETRIEVER_DB_URL (retriever.node.db.url)"
                .formatted(other.getString(ID), own.getString(ID))));
  }

  private static Seq<String> seq(String element) {
    return CollectionConverters.asScala(List.of(element)).toList();
  }
}
