package dev.retriever.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Starts one node from the command line and the environment. Prints one line when it is ready and
 * runs until it is stopped. The last line says why it ended. Exits with 2 when the configuration is
 * wrong, with 1 when the node cannot start, and with 255 when its cluster has downed it.
 */
public final class Main {
  private static final String USAGE =
      """
      usage: retriever node [OPTION VALUE]...

      Starts a node. Settings are options, or taken from the environment:
        --http-port        RETRIEVER_HTTP_PORT        8080       the API; 0 for a free port, which is
                                                                 printed
        --http-host        RETRIEVER_HTTP_HOST        127.0.0.1
        --management-port  RETRIEVER_MANAGEMENT_PORT  8558       the dashboard, /alive, /ready,
                                                                 /metrics, /stats, /admin; 0 for a
                                                                 free port
        --management-host  RETRIEVER_MANAGEMENT_HOST  127.0.0.1
                           RETRIEVER_DASHBOARD        on         off: no pages for browsers there, and no /v1
        --remoting-port    RETRIEVER_REMOTING_PORT    17355      between nodes; 0 for a free port
        --remoting-host    RETRIEVER_REMOTING_HOST    127.0.0.1  where the other nodes reach this one
        --join             RETRIEVER_JOIN                        host:port of a node to join, its
                                                                 remoting port; may be repeated, or
                                                                 have commas; tried until one answers.
                                                                 The first may be the node itself: it
                                                                 begins the cluster when no other
                                                                 answers. Without it: alone
        --roles            RETRIEVER_ROLES            origin,executor  what the node is for: to hold
                                                                 origins, to make attempts for those
                                                                 of all nodes, or both
        --placement        RETRIEVER_PLACEMENT        own-node   whose executors make a node's attempts;
                                                                 or executor-nodes: those of all with
                                                                 the role. The same on all nodes
                           RETRIEVER_CLUSTER          alone      or kubernetes: form one with the pods
                                                                 that its API lists
                           RETRIEVER_BOOTSTRAP_PORT   7626       what those ask each other
                           RETRIEVER_AUTH_KUBERNETES  off        on: take tokens of service accounts
                           RETRIEVER_KUBERNETES_NAMESPACE        the pod's own by default
                           RETRIEVER_KUBERNETES_SELECTOR         labels of the pods;
                                                                 app.kubernetes.io/name=retriever
                           RETRIEVER_KUBERNETES_CONTACT_POINTS 2 pods that must be there to form one
        --data-dir         RETRIEVER_DATA_DIR         ./data     the embedded database, unless there is
                                                                 a URL; for one node only
        --db-url           RETRIEVER_DB_URL                      such as jdbc:postgresql://host/retriever
        --db-user          RETRIEVER_DB_USER
                           RETRIEVER_DB_PASSWORD
                           RETRIEVER_DB_ALLOW_UNSAFE  false      use a PostgreSQL that may lose what it
                                                                 acknowledged
                           RETRIEVER_KEYS_FILE        keys.conf  API keys that callers need (./retriever key
                                                                 new); that in the data directory if
                                                                 it is there
                           RETRIEVER_AUTH                        off: no credentials are asked for. Without
                                                                 it, a port that is not on 127.0.0.1
                                                                 needs keys
                           RETRIEVER_HOSTS                       names that requests may name, besides
                                                                 the node's addresses; *.example.com
                           RETRIEVER_PUBLIC_URL                  where browsers reach the node, such as
                                                                 https://retriever.example.com
                           RETRIEVER_TRUSTED_PROXIES             proxies whose X-Forwarded-For is
                                                                 believed, such as 10.0.0.0/24
                           RETRIEVER_AUDIT_FILE                  a file for a line of JSON on each call of
                                                                 operators and on what is refused
        --egress-allow     RETRIEVER_EGRESS_ALLOW                private ranges that may be called, such
                                                                 as 127.0.0.0/8,10.1.0.0/16
                           RETRIEVER_HTTP_TLS_CERT               TLS of the API: certificate with its
                           RETRIEVER_HTTP_TLS_KEY                chain, key (PKCS #8), and who may vouch
                           RETRIEVER_HTTP_TLS_CLIENT_CA          for clients; PEM
                           RETRIEVER_MANAGEMENT_TLS_CERT         the same of the management port, with
                                                                 _KEY and _CLIENT_CA
                           RETRIEVER_TLS_KEYSTORE                TLS between nodes: what this one shows,
                           RETRIEVER_TLS_TRUSTSTORE              what it trusts (PKCS12 or JKS), and
                           RETRIEVER_TLS_PASSWORD                the password of both
                           RETRIEVER_REMOTING_TLS        on      off: nodes that other hosts reach need
                                                                 no TLS between them
                           RETRIEVER_DRAIN               5s      how long attempts may go on when the
                                                                 node is stopped
                           RETRIEVER_IDENTIFY_ATTEMPTS   false   send targets Retriever-Fetch-Id and
                                                                 Retriever-Attempt
                           RETRIEVER_METRICS          on         off: measure nothing
                           RETRIEVER_LOG_LEVEL           INFO
                           RETRIEVER_LOG_FORMAT       text       or json: one object a line
                           RETRIEVER_INVOCATION_LOG              a file for a line of JSON on each
                                                                 thing handled, to measure with
      """;

  private static final Duration END_LIMIT = Duration.ofSeconds(15);

  private Main() {}

  /** Takes no arguments but {@code --help}. Does not return when the node cannot start. */
  public static void main(String[] args) {
    var all = List.of(args);
    if (all.contains("--help") || all.contains("-h")) {
      System.out.print(USAGE);
      return;
    }
    try {
      LogFormat.check(Optional.ofNullable(System.getenv(LogFormat.NAME)));
      start(
          ConfigFactory.load(
              NodeOptions.parse(all).withFallback(ConfigFactory.defaultApplication())));
    } catch (ConfigException | IllegalArgumentException e) {
      fail(2, "wrong configuration", e);
    } catch (RuntimeException e) {
      fail(1, "cannot start", e);
    }
  }

  private static void start(Config config) {
    var node = Node.start(config);
    // A shutdown hook, because several causes end the process, and its line must be the last one.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> sayWhy(node), "last-line"));
    node.ready()
        .thenRun(
            () ->
                System.out.println(
                    "retriever node ready api="
                        + node.apiUrl()
                        + " management="
                        + node.managementUrl()
                        + " remoting="
                        + node.remoting()));
  }

  private static void sayWhy(Node node) {
    try {
      System.out.println("retriever node " + node.awaitEnd(END_LIMIT));
    } catch (InterruptedException | TimeoutException e) {
      System.out.println("retriever node stopped before it was done: " + e);
    }
  }

  private static void fail(int status, String what, RuntimeException e) {
    System.err.println("retriever: " + what + ": " + e.getMessage());
    System.exit(status);
  }
}
