package dev.retriever.origin.core.specs;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Outcome;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * What remains of a fetch when its bodies are erased: methods, hosts, statuses, stages, reasons and
 * times. Bodies, headers, keys of requests, paths, queries, redirects and labels are left out.
 */
public final class Bodiless {
  private static final Body NOTHING = new Body(new byte[0]);

  private Bodiless() {}

  /** The limits and the queue stay: a replay of the journal needs them. */
  public static FetchSpec of(FetchSpec spec) {
    var request = spec.request();
    return spec.request(FetchRequest.of(request.method(), root(URI.create(request.url()))))
        .labels(Map.of());
  }

  private static String root(URI url) {
    return url.getScheme() + "://" + url.getRawAuthority() + "/";
  }

  public static Report of(Report report) {
    return report.fold(
        answered -> new Report.Answered(of(answered.response()), answered.timeline()),
        notSent -> notSent,
        ambiguous ->
            new Report.Ambiguous(
                ambiguous.stage(),
                ambiguous.reason(),
                ambiguous.partial().map(Bodiless::of),
                ambiguous.timeline()));
  }

  public static Outcome of(Outcome outcome) {
    return outcome.fold(
        answered -> new Outcome.Answered(of(answered.response())),
        failed -> failed,
        unknown ->
            new Outcome.Unknown(
                unknown.stage(), unknown.reason(), unknown.partial().map(Bodiless::of)),
        cancelled -> cancelled);
  }

  public static List<Attempt> of(List<Attempt> attempts) {
    return attempts.stream().map(Attempt::bodiless).toList();
  }

  private static Response of(Response response) {
    return new Response(response.status(), List.of(), NOTHING);
  }
}
