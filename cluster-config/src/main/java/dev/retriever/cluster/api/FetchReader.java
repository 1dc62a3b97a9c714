package dev.retriever.cluster.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Pools;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.InvalidSpec;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.labels.Labels;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.pekko.http.javadsl.model.ContentTypes;

/** Reads a submission strictly: everything unknown is refused, before anything is done. */
final class FetchReader {
  /** What was submitted. */
  record Submission(Optional<String> id, FetchSpec spec) {}

  private static final String QUEUE_NAME =
      "must be 1 to 64 of A-Z a-z 0-9 . _ -, or a template such as host:*";

  private final int maxBody;

  /**
   * @param maxBody bytes that the body of a fetch may have
   */
  FetchReader(int maxBody) {
    this.maxBody = maxBody;
  }

  /**
   * @param body in UTF-8, whole in memory
   * @throws Problem.Found naming the field
   */
  Submission read(InputStream body) {
    return read(JsonFields.of(JsonRequest.parse(body), ""));
  }

  /** The same for fields of which others may have been read. */
  Submission read(JsonFields fields) {
    var id = fields.text("id").map(text -> Ids.checked("/id", text));
    var request =
        fields
            .object("request")
            .map(this::request)
            .orElseThrow(() -> JsonFields.invalid("/request", "is missing"));
    var retry = fields.object("retry").map(FetchReader::retry).orElse(RetryPolicy.DEFAULT);
    try {
      var spec =
          new FetchSpec(
              request,
              fields.duration("timeout").orElse(FetchSpec.TIMEOUT),
              fields.duration("within").orElse(FetchSpec.WITHIN),
              fields.duration("grace").orElse(FetchSpec.GRACE),
              retry,
              pool(fields),
              fields.integer("redirects").orElse(0),
              fields.field("queue").map(FetchReader::queue),
              FetchTimes.later(fields),
              Optional.empty(),
              fields.object("labels").map(FetchReader::labels).orElse(Map.of()),
              fields.text("callback").map(FetchReader::callback),
              Optional.empty(),
              TraceHeaders.choice(fields));
      fields.nothingElse();
      return new Submission(id, spec);
    } catch (InvalidSpec e) {
      throw JsonFields.invalid(e.pointer(), rule(e));
    }
  }

  private static Map<String, String> labels(JsonFields fields) {
    var labels = new TreeMap<String, String>();
    for (var key : fields.names()) {
      var value = fields.text(key).orElseThrow();
      Labels.fault(key, value)
          .ifPresent(
              fault -> {
                throw JsonFields.invalid(fields.at(key), fault.rule());
              });
      labels.put(key, value);
    }
    return labels;
  }

  private static CallbackChoice callback(String name) {
    if (!CallbackChoice.isName(name)) {
      throw JsonFields.invalid(
          "/callback", "must be the name of an endpoint: 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    return CallbackChoice.of(name);
  }

  /** The name of a queue alone, or an object with the place there. */
  private static QueueChoice queue(JsonNode json) {
    if (json.isTextual()) {
      if (!QueueChoice.isName(json.textValue())) {
        throw JsonFields.invalid("/queue", QUEUE_NAME);
      }
      return QueueChoice.of(json.textValue());
    }
    if (!json.isObject()) {
      throw JsonFields.invalid("/queue", "must be the name of a queue, or an object");
    }
    var fields = JsonFields.of(json, "/queue");
    var choice =
        new QueueChoice(
            fields
                .text("name")
                .orElseThrow(() -> JsonFields.invalid(fields.at("name"), "is missing")),
            fields.integer("priority").orElse(QueueChoice.PRIORITY),
            fields.text("key"),
            fields.duration("waitAtMost"));
    fields.nothingElse();
    return choice;
  }

  /** The pool, or the name of direct dispatch. */
  private static Optional<String> pool(JsonFields fields) {
    var pool = fields.text("executor");
    if (pool.filter(Pools.DIRECT::equals).isPresent()) {
      throw JsonFields.invalid("/executor", "must be 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    var dispatch = fields.text("dispatch").orElse("proxy");
    if (!dispatch.equals("direct") && !dispatch.equals("proxy")) {
      throw JsonFields.invalid("/dispatch", "must be \"proxy\" or \"direct\"");
    }
    if (dispatch.equals("direct") && pool.isPresent()) {
      throw JsonFields.invalid(
          "/executor", "must be left out: with direct dispatch the origin makes the attempts");
    }
    return dispatch.equals("direct") ? Optional.of(Pools.DIRECT) : pool;
  }

  private FetchRequest request(JsonFields fields) {
    var method = fields.text("method").orElse("GET");
    var url =
        fields.text("url").orElseThrow(() -> JsonFields.invalid(fields.at("url"), "is missing"));
    var headers = fields.object("headers").map(FetchReader::headers).orElse(List.of());
    var body = body(fields);
    var key = fields.text("idempotencyKey");
    fields.nothingElse();
    try {
      var request = new FetchRequest(method, url, headers, body, key);
      checkContentType(fields, headers);
      return request;
    } catch (InvalidRequest e) {
      throw invalid(e);
    }
  }

  /** The rule is not in the request class, which must accept what is in a journal already. */
  private static void checkContentType(JsonFields fields, List<Header> headers) {
    var types =
        headers.stream()
            .filter(header -> header.named("Content-Type") && header.secret().isEmpty())
            .toList();
    if (types.size() > 1 || !types.stream().allMatch(FetchReader::isContentType)) {
      var pointer = fields.at("headers") + "/" + types.get(0).name();
      var detail = "must be one media type, such as text/plain; charset=utf-8";
      throw Problem.of(ProblemType.HEADER_INVALID, pointer, pointer + " " + detail).found();
    }
  }

  private static boolean isContentType(Header header) {
    try {
      ContentTypes.parse(header.value());
      return true;
    } catch (NoSuchElementException e) {
      return false; // as Pekko decides
    }
  }

  static Problem.Found invalid(InvalidRequest e) {
    var type =
        switch (e.kind()) {
          case METHOD -> ProblemType.METHOD_NOT_ALLOWED_FOR_TARGET;
          case URL -> ProblemType.URL_INVALID;
          case HEADER -> ProblemType.HEADER_INVALID;
          case HEADER_NOT_ALLOWED -> ProblemType.HEADER_NOT_ALLOWED;
          case TARGET_NOT_ALLOWED -> ProblemType.TARGET_NOT_ALLOWED;
          case SECRET_NOT_ALLOWED -> ProblemType.SECRET_NOT_ALLOWED;
          case BODY -> ProblemType.VALIDATION_FAILED;
        };
    return Problem.of(type, "/request" + e.pointer(), e.getMessage()).found();
  }

  private static List<Header> headers(JsonFields fields) {
    var headers = new ArrayList<Header>();
    for (var name : fields.names()) {
      var value = fields.field(name).orElseThrow();
      if (value.isArray() && !value.isEmpty()) {
        value.forEach(each -> headers.add(header(fields, name, each)));
      } else {
        headers.add(header(fields, name, value));
      }
    }
    return headers;
  }

  private static Header header(JsonFields fields, String name, JsonNode value) {
    if (value.isTextual()) {
      return new Header(name, value.textValue());
    }
    if (!value.isObject()) {
      throw JsonFields.invalid(
          fields.at(name),
          "must be a string, an array of strings, or {\"secret\": NAME, \"prefix\": TEXT}");
    }
    var secret = JsonFields.of(value, fields.at(name));
    var prefix = secret.text("prefix").orElse("");
    var called =
        secret
            .text("secret")
            .orElseThrow(() -> JsonFields.invalid(secret.at("secret"), "is missing"));
    secret.nothingElse();
    return new Header(name, prefix, Optional.of(called));
  }

  private Optional<Body> body(JsonFields fields) {
    var text = fields.text("body");
    var base64 = fields.text("bodyBase64");
    if (text.isPresent() && base64.isPresent()) {
      throw JsonFields.invalid(
          fields.at("bodyBase64"), "must not be given together with body; choose one");
    }
    var body = text.map(Body::utf8).or(() -> base64.map(encoded -> decoded(fields, encoded)));
    if (body.isPresent() && body.get().size() > maxBody) {
      var field = text.isPresent() ? "body" : "bodyBase64";
      var detail = fields.at(field) + " must be at most " + maxBody + " bytes";
      throw Problem.of(ProblemType.PAYLOAD_TOO_LARGE, fields.at(field), detail).found();
    }
    return body;
  }

  private static Body decoded(JsonFields fields, String encoded) {
    try {
      return new Body(Base64.getDecoder().decode(encoded));
    } catch (IllegalArgumentException e) {
      throw JsonFields.invalid(fields.at("bodyBase64"), "must be base64 (RFC 4648, section 4)");
    }
  }

  private static RetryPolicy retry(JsonFields fields) {
    var fallback = RetryPolicy.DEFAULT;
    var maxAttempts = fields.integer("maxAttempts").orElse(fallback.maxAttempts());
    var minBackoff = fields.duration("minBackoff").orElse(fallback.minBackoff());
    var maxBackoff =
        fields
            .duration("maxBackoff")
            .orElse(
                minBackoff.compareTo(fallback.maxBackoff()) > 0
                    ? minBackoff
                    : fallback.maxBackoff());
    Set<Integer> retryOn =
        fields.integers("retryOn").<Set<Integer>>map(TreeSet::new).orElse(fallback.retryOn());
    var resend = fields.text("resend").map(text -> resend(fields, text)).orElse(fallback.resend());
    fields.nothingElse();
    try {
      return new RetryPolicy(maxAttempts, minBackoff, maxBackoff, retryOn, resend);
    } catch (InvalidSpec e) {
      throw JsonFields.invalid(e.pointer(), rule(e));
    }
  }

  private static RetryPolicy.Resend resend(JsonFields fields, String text) {
    return switch (text) {
      case "when-safe" -> RetryPolicy.Resend.WHEN_SAFE;
      case "always" -> RetryPolicy.Resend.ALWAYS;
      case "never" -> RetryPolicy.Resend.NEVER;
      default ->
          throw JsonFields.invalid(
              fields.at("resend"), "must be \"when-safe\", \"always\" or \"never\"");
    };
  }

  private static String rule(InvalidSpec e) {
    return e.getMessage().substring(e.getMessage().indexOf(' ') + 1);
  }
}
