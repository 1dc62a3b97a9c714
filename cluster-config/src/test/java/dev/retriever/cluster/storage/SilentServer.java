package dev.retriever.cluster.storage;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.h2.tools.Server;

/** Databases that a node reaches over a network. */
public enum SilentServer {
  POSTGRESQL {
    @Override
    public Place newDatabase() {
      var settings = TestPostgres.newDatabase();
      var port = settings.replaceFirst("(?s).*127.0.0.1:(\\d+)/.*", "$1");
      return new Place(
          Integer.parseInt(port), other -> settings.replace(":" + port + "/", ":" + other + "/"));
    }
  },

  H2_OVER_TCP {
    @Override
    public Place newDatabase() {
      var name = "silent_" + DATABASES.incrementAndGet();
      return new Place(
          H2.SERVER.getPort(),
          port ->
              "retriever.node.db { url = \"jdbc:h2:tcp://127.0.0.1:"
                  + port
                  + "/mem:"
                  + name
                  + ";DB_CLOSE_DELAY=-1;DATABASE_TO_UPPER=false\", user = sa }");
    }
  };

  private static final AtomicInteger DATABASES = new AtomicInteger();

  /** Begun when it is first asked for, and gone with the JVM. */
  private static final class H2 {
    static final Server SERVER = start();

    private static Server start() {
      try {
        return Server.createTcpServer("-tcpPort", "0", "-tcpDaemon", "-ifNotExists").start();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * An empty database.
   *
   * @param port of its server
   * @param settings of a node that reaches it through another port
   */
  public record Place(int port, Function<Integer, String> settings) {
    public Storage storage(Path dataDir, int through, String... more) {
      var all = new String[more.length + 1];
      System.arraycopy(more, 0, all, 0, more.length);
      all[more.length] = settings.apply(through);
      return Storage.from(RunningNode.config(dataDir, all));
    }
  }

  public abstract Place newDatabase();
}
