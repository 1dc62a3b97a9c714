package dev.retriever.cluster.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the tests' clients show what they sent and got. What the contract does not have fails the
 * test.
 */
public final class ContractGuard {
  private static final OpenApi API = new OpenApi(Contract.ofApi().json());
  private static final OpenApi MANAGEMENT = new OpenApi(Contract.ofManagement().json());
  private static final ExchangeCheck ON_API = new ExchangeCheck(API);
  private static final ExchangeCheck ON_MANAGEMENT = new ExchangeCheck(MANAGEMENT);

  private ContractGuard() {}

  /** Said of a path that a port does not have: tests ask each port for paths of the other. */
  private static final String NO_ROUTE = "The requested resource could not be found.";

  /** An exchange with either port; what is in no document counts for the API. */
  public static void check(Exchange exchange) {
    var isOfManagement = !exchange.target().isEmpty() && ON_MANAGEMENT.hasPath(exchange.path());
    var isOtherPort = exchange.status() == 404 && exchange.text().contains(NO_ROUTE);
    var isManagement = isOfManagement != isOtherPort;
    var breaches = (isManagement ? ON_MANAGEMENT : ON_API).breaches(exchange);
    fail(exchange.toString(), breaches, exchange.text());
  }

  /** A message that a WebSocket of that path sent. */
  public static void checkMessage(String path, String text) {
    checkSchema(path, extension(path, "x-retriever-websocket").path("receives"), text);
  }

  /** An event with data that a stream of that path sent. */
  public static void checkEvent(String path, String name, String data) {
    checkSchema(path + " " + name, extension(path, "x-retriever-events").path(name), data);
  }

  private static JsonNode extension(String path, String name) {
    var asked = path.split("\\?")[0];
    return API.operation("GET", asked)
        .or(() -> MANAGEMENT.operation("GET", asked))
        .orElseThrow()
        .node()
        .path(name);
  }

  private static void checkSchema(String what, JsonNode schema, String text) {
    var breaches = new ArrayList<String>();
    if (schema.isMissingNode()) {
      breaches.add("nothing of the kind is documented");
    } else {
      var ofApi = API.operation("GET", what.split("[? ]")[0]).isPresent();
      (ofApi ? ON_API : ON_MANAGEMENT).checkJson("it", schema, text, breaches);
    }
    fail(what, breaches, text);
  }

  private static void fail(String what, List<String> breaches, String text) {
    if (!breaches.isEmpty()) {
      var shown = text.length() > 2_000 ? text.substring(0, 2_000) + "…" : text;
      throw new AssertionError(
          "not as the contract has it: "
              + what
              + "\n  "
              + String.join("\n  ", breaches)
              + "\n"
              + shown);
    }
  }
}
