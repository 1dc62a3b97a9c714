package dev.retriever.client;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What an answer tells of its node besides its contents. Immutable.
 *
 * @param took from the request to the whole answer
 * @param ahead how far the node's clock is ahead of ours, to the second, halved by how long the
 *     answer took; empty if it told no date
 * @param certificateEnds of the port; empty without TLS
 */
public record NodeProbe(
    int status,
    Duration took,
    Optional<Duration> ahead,
    Optional<Instant> certificateEnds,
    String text) {

  static NodeProbe of(HttpResponse<byte[]> response, Instant before, Instant after) {
    var took = Duration.between(before, after);
    // A date has whole seconds, cut off: on average half a second before what it stands for.
    var middle = before.plus(took.dividedBy(2)).minusMillis(500);
    return new NodeProbe(
        response.statusCode(),
        took,
        response
            .headers()
            .firstValue("date")
            .flatMap(NodeProbe::date)
            .map(it -> Duration.between(middle, it)),
        response.sslSession().flatMap(NodeProbe::end),
        new String(response.body(), StandardCharsets.UTF_8));
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> end(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? Optional.of(certificate.getNotAfter().toInstant())
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }
}
