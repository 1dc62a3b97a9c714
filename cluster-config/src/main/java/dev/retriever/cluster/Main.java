package dev.retriever.cluster;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.PrintStream;

/**
 * Starts one node from the environment. Prints one line when it is ready, and runs until it is
 * stopped. Exits with 2 when the configuration is wrong, with 1 when the node cannot start.
 */
public final class Main {
  private static final String USAGE =
      """
      usage: retriever node

      Starts a node. Settings are taken from the environment:
        RETRIEVER_HTTP_PORT        8080       the API; 0 for a free port, which is printed
        RETRIEVER_HTTP_HOST        127.0.0.1
        RETRIEVER_MANAGEMENT_PORT  8558       /alive, /ready, /stats; 0 for a free port
        RETRIEVER_MANAGEMENT_HOST  127.0.0.1
        RETRIEVER_REMOTING_PORT    17355      between nodes; 0 for a free port
        RETRIEVER_REMOTING_HOST    127.0.0.1  the address by which other nodes reach this one
        RETRIEVER_CLUSTER          alone      or kubernetes: form one with the pods that its API lists
        RETRIEVER_KUBERNETES_NAMESPACE        the pod's own by default
        RETRIEVER_KUBERNETES_SELECTOR         labels of the pods; app.kubernetes.io/name=retriever
        RETRIEVER_KUBERNETES_CONTACT_POINTS 2 pods that must be there to form a new cluster
        RETRIEVER_DATA_DIR         ./data     the embedded database, unless RETRIEVER_DB_URL is set
        RETRIEVER_DB_URL                      such as jdbc:postgresql://host/retriever
        RETRIEVER_DB_USER, RETRIEVER_DB_PASSWORD
        RETRIEVER_DB_ALLOW_UNSAFE  false      use a PostgreSQL that may lose what it acknowledged
        RETRIEVER_EGRESS_ALLOW                private ranges that may be called, such as
                                              127.0.0.0/8,10.1.0.0/16; none by default
        RETRIEVER_IDENTIFY_ATTEMPTS false     send targets Retriever-Fetch-Id and Retriever-Attempt
        RETRIEVER_LOG_LEVEL        INFO
      """;

  private Main() {}

  /** Takes no arguments but {@code --help}. Does not return when the node cannot start. */
  public static void main(String[] args) {
    if (args.length > 0) {
      var help = args[0].equals("--help") || args[0].equals("-h");
      PrintStream out = help ? System.out : System.err;
      out.print(help ? USAGE : "retriever: unknown argument " + args[0] + "\n\n" + USAGE);
      System.exit(help ? 0 : 2);
    }
    try {
      var node = Node.start(ConfigFactory.load());
      node.ready()
          .thenRun(
              () ->
                  System.out.println(
                      "retriever node ready api="
                          + node.apiUrl()
                          + " management="
                          + node.managementUrl()));
    } catch (ConfigException | IllegalArgumentException e) {
      fail(2, "wrong configuration", e);
    } catch (RuntimeException e) {
      fail(1, "cannot start", e);
    }
  }

  private static void fail(int status, String what, RuntimeException e) {
    System.err.println("retriever: " + what + ": " + e.getMessage());
    System.exit(status);
  }
}
