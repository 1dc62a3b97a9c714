package dev.retriever.cluster.http;

import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/**
 * Answers requests that the HTTP parser refuses with a problem document. Named in {@code
 * application.conf}, and made by Pekko HTTP.
 */
final class ProblemParsingErrors extends ParsingErrorHandler {
  @Override
  public HttpResponse handle(
      StatusCode status, ErrorInfo info, LoggingAdapter log, ServerSettings settings) {
    log.info("Illegal request, answered with {}: {}", status.intValue(), info.summary());
    return Problem.ofStatus(status.intValue(), info.summary()).toResponse();
  }
}
