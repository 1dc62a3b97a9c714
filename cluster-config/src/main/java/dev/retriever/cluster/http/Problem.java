package dev.retriever.cluster.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.executor.Utf8;
import java.util.List;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * An error as the API answers it (RFC 9457).
 *
 * @param status usually that of the type
 * @param detail what is wrong and what to do, without secrets and internals
 * @param errors the fields that are wrong
 * @param retryAfter how many seconds a caller is asked to wait before it repeats the request, if
 *     the status asks for that
 */
public record Problem(
    ProblemType type, int status, String detail, List<FieldError> errors, int retryAfter) {
  /** The seconds that a caller is asked to wait if nothing else is known. */
  static final int RETRY_AFTER_SECONDS = 1;

  private static final org.apache.pekko.http.javadsl.model.ContentType JSON =
      ContentTypes.create(
          MediaTypes.applicationWithFixedCharset(
              "problem+json", org.apache.pekko.http.javadsl.model.HttpCharsets.UTF_8));

  /**
   * @param pointer JSON pointer into the request body
   */
  record FieldError(String pointer, String detail) {}

  public static Problem of(ProblemType type, String detail) {
    return new Problem(type, type.status(), detail, List.of(), RETRY_AFTER_SECONDS);
  }

  public static Problem of(ProblemType type, String pointer, String detail) {
    return new Problem(
        type, type.status(), detail, List.of(new FieldError(pointer, detail)), RETRY_AFTER_SECONDS);
  }

  /** For a status that other code has chosen. */
  static Problem ofStatus(int status, String detail) {
    return new Problem(
        ProblemType.ofStatus(status), status, detail, List.of(), RETRY_AFTER_SECONDS);
  }

  /** The same, with that many seconds to wait. */
  public Problem after(int seconds) {
    return new Problem(type, status, detail, errors, seconds);
  }

  /**
   * The same in a part of a request's body.
   *
   * @param prefix JSON pointer of that part
   */
  public Problem under(String prefix) {
    var inner =
        errors.stream()
            .map(error -> new FieldError(prefix + error.pointer(), at(prefix, error.detail())))
            .toList();
    return new Problem(type, status, at(prefix, detail), inner, retryAfter);
  }

  private static String at(String prefix, String text) {
    return text.startsWith("/") ? prefix + text : prefix + ": " + text;
  }

  public HttpResponse toResponse() {
    var response =
        HttpResponse.create()
            .withStatus(StatusCodes.get(status))
            .withEntity(HttpEntities.create(JSON, body()));
    return status == 503 || status == 429
        ? response.addHeader(RawHeader.create("Retry-After", "" + retryAfter))
        : response;
  }

  public byte[] body() {
    // Details may quote the request.
    return Utf8.bytes("a problem", Utf8.repaired(json().toString()));
  }

  public ObjectNode json() {
    var json = JsonNodeFactory.instance.objectNode();
    // Without a type, the status says everything (RFC 9457, section 4.2.1).
    var plain = type == ProblemType.OTHER;
    json.put("type", plain ? "about:blank" : "/problems/" + type.slug());
    json.put("title", plain ? StatusCodes.get(status).reason() : type.title());
    json.put("status", status);
    json.put("detail", detail);
    if (!errors.isEmpty()) {
      var list = json.putArray("errors");
      errors.forEach(
          error -> list.addObject().put("pointer", error.pointer()).put("detail", error.detail()));
    }
    return json;
  }

  /** Thrown while a request is read. The server answers with this problem. */
  public static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    Found(Problem problem) {
      super(problem.detail(), null, false, false);
      this.problem = problem;
    }

    public Problem problem() {
      return problem;
    }
  }

  public Found found() {
    return new Found(this);
  }
}
