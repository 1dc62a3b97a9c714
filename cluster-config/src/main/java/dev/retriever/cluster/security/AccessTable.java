package dev.retriever.cluster.security;

import static dev.retriever.cluster.security.Need.ANY_CREDENTIAL;
import static dev.retriever.cluster.security.Need.NOTHING;
import static dev.retriever.cluster.security.Need.anyOf;
import static dev.retriever.cluster.security.Need.role;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * The routes of each port, and what each needs. A request that has no row reaches no route. So a
 * new route without a row is closed, not open. Immutable.
 */
public final class AccessTable {
  private static final Need SUBMIT = role(Role.SUBMIT);
  private static final Need READ = role(Role.READ);
  private static final Need CANCEL = role(Role.CANCEL);
  private static final Need OPERATE = role(Role.OPERATE);
  private static final Need ADMIN = role(Role.ADMIN);

  private static final String SCHEDULE = "/v1/origins/{origin}/schedules/{schedule}";

  /** The routes for callers. */
  public static final AccessTable API =
      new AccessTable(
          row("POST", "/v1/origins/{origin}/fetches", SUBMIT),
          row("GET", "/v1/origins/{origin}/fetches", READ),
          row("GET", "/v1/origins/{origin}/fetches/{fetch}", READ),
          row("GET", "/v1/origins/{origin}/fetches/{fetch}/request", READ),
          row("PATCH", "/v1/origins/{origin}/fetches/{fetch}", SUBMIT),
          row("DELETE", "/v1/origins/{origin}/fetches/{fetch}", CANCEL),
          row("DELETE", "/v1/origins/{origin}/fetches/{fetch}/bodies", OPERATE),
          row("POST", "/v1/origins/{origin}/fetches/{fetch}/start", SUBMIT),
          row("POST", "/v1/origins/{origin}/fetches/{fetch}/redrive", SUBMIT),
          row("POST", "/v1/origins/{origin}/fetches:batch", SUBMIT),
          row("GET", "/v1/origins/{origin}/schedules", READ),
          row("GET", SCHEDULE, READ),
          row("PUT", SCHEDULE, SUBMIT),
          row("DELETE", SCHEDULE, CANCEL),
          row("POST", SCHEDULE + "/pause", SUBMIT),
          row("POST", SCHEDULE + "/resume", SUBMIT),
          row("POST", SCHEDULE + "/trigger", SUBMIT),
          row("POST", SCHEDULE + "/backfill", SUBMIT),
          row("POST", "/v1/fetches:batch", SUBMIT),
          row("GET", "/v1/fetches", READ),
          row("GET", "/v1/fetches/count", READ),
          row("GET", "/v1/schedules", READ),
          row("POST", "/v1/bulk", OPERATE),
          row("GET", "/v1/bulk", OPERATE),
          row("GET", "/v1/bulk/{job}", OPERATE),
          row("POST", "/v1/bulk/{job}/pause", OPERATE),
          row("POST", "/v1/bulk/{job}/resume", OPERATE),
          row("POST", "/v1/bulk/{job}/cancel", OPERATE),
          row("GET", "/v1/origins/{origin}/outcomes", READ),
          row("GET", "/v1/outcomes", READ),
          row("GET", "/v1/queues/{queue}", READ),
          row("GET", "/v1/callbacks", READ),
          row("GET", "/v1/callbacks/{callback}", READ),
          row("PUT", "/v1/callbacks/{callback}", OPERATE),
          row("DELETE", "/v1/callbacks/{callback}", OPERATE),
          row("GET", "/v1/callbacks/{callback}/dead", READ),
          row("POST", "/v1/callbacks/{callback}/test", OPERATE),
          row("GET", "/v1/me", ANY_CREDENTIAL),
          row("GET", "/problems/{type}", NOTHING),
          row("GET", "/openapi.yaml", NOTHING),
          row("GET", "/openapi.json", NOTHING));

  /** The routes for operators and probes. */
  public static final AccessTable MANAGEMENT =
      new AccessTable(
          row("GET", "/", NOTHING),
          row("GET", "/ui/{file}", NOTHING),
          row("GET", "/ui/{folder}/{file}", NOTHING),
          row("GET", "/alive", NOTHING),
          row("GET", "/ready", NOTHING),
          row("GET", "/openapi.yaml", NOTHING),
          row("GET", "/openapi.json", NOTHING),
          row("GET", "/stats", role(Role.METRICS).ofDefaultTenant()),
          row("GET", "/metrics", role(Role.METRICS).ofDefaultTenant()),
          row("GET", "/problems/{type}", NOTHING),
          row("GET", "/admin/keys", ADMIN),
          row("POST", "/admin/keys", ADMIN),
          row("GET", "/admin/keys/{key}", ADMIN),
          row("DELETE", "/admin/keys/{key}", ADMIN),
          row("GET", "/admin/nodes", READ.ofDefaultTenant()),
          row("GET", "/admin/overview", READ.ofDefaultTenant()),
          row("GET", "/admin/events", READ.ofDefaultTenant()),
          row("GET", "/admin/database", READ.ofDefaultTenant()),
          row("GET", "/admin/queues", READ.ofDefaultTenant()),
          row("GET", "/admin/queues/{queue}", READ.ofDefaultTenant()),
          row("PUT", "/admin/queues/{queue}", OPERATE.ofDefaultTenant()),
          row("PATCH", "/admin/queues/{queue}", OPERATE.ofDefaultTenant()),
          row("DELETE", "/admin/queues/{queue}", OPERATE.ofDefaultTenant()),
          row("GET", "/admin/queues/{queue}/keys", OPERATE.ofDefaultTenant()),
          row("GET", "/admin/queues/{queue}/waiting", OPERATE.ofDefaultTenant()),
          row("GET", "/admin/queues/{queue}/slots", OPERATE.ofDefaultTenant()),
          row("GET", "/admin/queues/{queue}/events", READ.ofDefaultTenant()),
          row("POST", "/admin/queues/{queue}/pause", OPERATE.ofDefaultTenant()),
          row("POST", "/admin/queues/{queue}/resume", OPERATE.ofDefaultTenant()),
          row("POST", "/admin/queues/{queue}/drain", OPERATE.ofDefaultTenant()),
          row("POST", "/admin/queues/{queue}/purge", OPERATE.ofDefaultTenant()),
          row("POST", "/admin/queues/{queue}/hold", OPERATE.ofDefaultTenant()),
          row("POST", "/admin/queues/{queue}/release", OPERATE.ofDefaultTenant()),
          row("POST", "/admin/queues/{queue}/breaker", OPERATE.ofDefaultTenant()),
          row("POST", "/admin/queues/{queue}/slots/{slot}/release", OPERATE.ofDefaultTenant()),
          row("GET", "/admin/index/rebuild", OPERATE.ofDefaultTenant()),
          row("POST", "/admin/index/rebuild", OPERATE.ofDefaultTenant()),
          row("GET", "/admin/audit", anyOf(Role.ADMIN, Role.OPERATE)),
          row("GET", "/admin/origins/http/{origin}", READ),
          row("POST", "/admin/origins/http/{origin}/fetches/{fetch}/cancel", CANCEL),
          row("POST", "/admin/origins/http/{origin}/fetches/{fetch}/redrive", OPERATE),
          row("DELETE", "/admin/origins/http/{origin}/fetches/{fetch}/bodies", OPERATE),
          row("POST", "/admin/origins/http/{origin}/trigger", OPERATE),
          row("POST", "/admin/origins/http/{origin}/redrive", OPERATE),
          row("DELETE", "/admin/origins/http/{origin}/alarms/{alarm}", OPERATE),
          row("GET", "/admin/origins/{type}/{origin}", OPERATE.ofDefaultTenant()),
          row(
              "POST",
              "/admin/origins/{type}/{origin}/fetches/{fetch}/cancel",
              OPERATE.ofDefaultTenant()),
          row(
              "POST",
              "/admin/origins/{type}/{origin}/fetches/{fetch}/redrive",
              OPERATE.ofDefaultTenant()),
          row(
              "DELETE",
              "/admin/origins/{type}/{origin}/fetches/{fetch}/bodies",
              OPERATE.ofDefaultTenant()),
          row("POST", "/admin/origins/{type}/{origin}/trigger", OPERATE.ofDefaultTenant()),
          row("POST", "/admin/origins/{type}/{origin}/redrive", OPERATE.ofDefaultTenant()),
          row(
              "DELETE",
              "/admin/origins/{type}/{origin}/alarms/{alarm}",
              OPERATE.ofDefaultTenant()));

  /** What the dashboard calls is served where its pages are: all below {@code /v1}. */
  public static final AccessTable MANAGEMENT_WITH_DASHBOARD =
      new AccessTable(
          Stream.concat(
                  MANAGEMENT.rows().stream(),
                  API.rows().stream().filter(row -> row.parts().get(0).equals("v1")))
              .toArray(Row[]::new));

  private final List<Row> rows;

  private AccessTable(Row... rows) {
    this.rows = List.of(rows);
  }

  /**
   * One route.
   *
   * @param path with its parameters in braces, as the contract writes it
   * @param parts of the path, between its slashes
   */
  public record Row(String method, String path, Need need, List<String> parts) {
    private static final String PARAMETER = "{";

    Row(String method, String path, Need need) {
      this(method, path, need, List.of(path.substring(1).split("/", -1)));
    }

    /** The values of the path's parameters, by their names, in their order. */
    public Map<String, String> parameters(List<String> segments) {
      var parameters = new LinkedHashMap<String, String>();
      for (var i = 0; i < Math.min(parts.size(), segments.size()); i++) {
        var part = parts.get(i);
        if (part.startsWith(PARAMETER)) {
          parameters.put(part.substring(1, part.length() - 1), segments.get(i));
        }
      }
      return parameters;
    }

    private boolean hasPath(List<String> segments) {
      if (parts.size() != segments.size()) {
        return false;
      }
      for (var i = 0; i < parts.size(); i++) {
        if (!parts.get(i).startsWith(PARAMETER) && !parts.get(i).equals(segments.get(i))) {
          return false;
        }
      }
      return true;
    }
  }

  private static Row row(String method, String path, Need need) {
    return new Row(method, path, need);
  }

  /** The result of a look-up. */
  sealed interface Found {
    /** The row that was found. */
    default Optional<Row> row() {
      return Optional.empty();
    }

    record Known(Row known) implements Found {
      @Override
      public Optional<Row> row() {
        return Optional.of(known);
      }
    }

    /** There are routes with that path, with these methods. */
    record OtherMethods(Set<String> methods) implements Found {}

    record Unknown() implements Found {}
  }

  /**
   * The first row for that method and path. HEAD is asked for as GET.
   *
   * @param segments of the path, decoded
   */
  Found find(String method, List<String> segments) {
    var methods = new LinkedHashSet<String>();
    for (var row : rows) {
      if (row.hasPath(segments)) {
        if (row.method().equals(method.equals("HEAD") ? "GET" : method)) {
          return new Found.Known(row);
        }
        methods.add(row.method());
      }
    }
    return methods.isEmpty() ? new Found.Unknown() : new Found.OtherMethods(methods);
  }

  /** The path of the row of a request, with its parameters in braces; empty if it has no row. */
  public String template(HttpRequest request) {
    return find(request.method().value(), segments(request)).row().map(Row::path).orElse("");
  }

  /** The segments of the path. No route has an empty segment, but for the root. */
  static List<String> segments(HttpRequest request) {
    var path = request.getUri().path();
    if (path.contains("//") || path.endsWith("/")) {
      return path.equals("/") ? List.of("") : List.of("", "");
    }
    var segments = new ArrayList<String>();
    request.getUri().pathSegments().forEach(segments::add);
    return segments;
  }

  /**
   * The need of that route.
   *
   * @param path as the row has it
   * @throws IllegalArgumentException if there is no such row
   */
  public Need need(String method, String path) {
    return rows.stream()
        .filter(row -> row.method().equals(method) && row.path().equals(path))
        .findFirst()
        .map(Row::need)
        .orElseThrow(() -> new IllegalArgumentException("no row for " + method + " " + path));
  }

  /** All rows, for the contract and the tests. */
  public List<Row> rows() {
    return new ArrayList<>(rows);
  }
}
