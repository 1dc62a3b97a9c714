package dev.retriever.cluster.dashboard;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.EntityTag;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * Serves the files of the dashboard. They hold no data, so they need no credential. Thread-safe.
 */
public final class DashboardRoutes extends AllDirectives {
  /**
   * Scripts, styles and calls come from this node alone, none of them is inline, no page of others
   * frames it, and no text becomes a script.
   */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
          + " data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'";

  /** With each file, also when it has not changed. */
  private static final List<HttpHeader> HEADERS =
      Stream.of(
              RawHeader.create("Content-Security-Policy", POLICY),
              RawHeader.create("X-Content-Type-Options", "nosniff"),
              RawHeader.create("Referrer-Policy", "no-referrer"),
              RawHeader.create("Cross-Origin-Opener-Policy", "same-origin"),
              RawHeader.create("Cross-Origin-Resource-Policy", "same-origin"),
              RawHeader.create(
                  "Permissions-Policy",
                  "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
              // Browsers ask each time whether it has changed, so that an update is seen at once.
              RawHeader.create("Cache-Control", "no-cache"))
          .map(HttpHeader.class::cast)
          .toList();

  private final Optional<DashboardFiles> files;

  /**
   * Reads the files.
   *
   * @throws IllegalStateException if those of the program are damaged
   */
  public DashboardRoutes(DashboardSettings settings) {
    files =
        settings.enabled()
            ? Optional.of(
                settings.directory().map(DashboardFiles::in).orElseGet(DashboardFiles::packaged))
            : Optional.empty();
  }

  /** The caller seals this route. */
  public Route routes() {
    return concat(
        pathSingleSlash(() -> get(() -> served("/"))),
        path(segment("ui").slash(segment()), name -> get(() -> served("/ui/" + name))),
        path(
            segment("ui").slash(segment()).slash(segment()),
            (folder, name) -> get(() -> served("/ui/" + folder + "/" + name))));
  }

  private Route served(String path) {
    return files
        .map(it -> it.at(path).map(this::answer).orElseGet(DashboardRoutes::noSuchFile))
        .orElseGet(DashboardRoutes::isOff);
  }

  private Route answer(DashboardFile file) {
    return mapResponse(
        response -> response.addHeaders(HEADERS),
        () ->
            conditional(
                EntityTag.create(file.tag(), false),
                () -> complete(HttpResponse.create().withEntity(file.entity()))));
  }

  private static Route noSuchFile() {
    return refused("The dashboard has no such file. It begins at /.");
  }

  private static Route isOff() {
    return refused(
        "The dashboard is off at this node. It is on with retriever.node.dashboard.enabled"
            + " (RETRIEVER_DASHBOARD).");
  }

  private static Route refused(String why) {
    return org.apache.pekko.http.javadsl.server.Directives.complete(
        Problem.of(ProblemType.NOT_FOUND, why).toResponse());
  }
}
