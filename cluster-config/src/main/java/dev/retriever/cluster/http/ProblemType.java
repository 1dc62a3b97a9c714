package dev.retriever.cluster.http;

import java.util.Locale;

/** The kinds of problems in answers of the API, each with its status. */
public enum ProblemType {
  MALFORMED_REQUEST(400, "The request is malformed"),
  MALFORMED_JSON(400, "The body is not the JSON it should be"),
  INVALID_UTF8(400, "The body is not valid UTF-8"),
  IDEMPOTENCY_KEY_MALFORMED(400, "The Idempotency-Key header is malformed"),
  UNAUTHENTICATED(401, "A valid credential is needed"),
  FORBIDDEN(403, "The credential does not allow this"),
  ORIGIN_NOT_ALLOWED(403, "The credential is not for this origin"),
  TENANT_CLOSED(403, "The tenant is closed"),
  CROSS_SITE(403, "A page of another origin may not do this"),
  PROXIED_WITHOUT_AUTHENTICATION(403, "A port without authentication is not for proxies"),
  NOT_FOUND(404, "There is nothing here"),
  METHOD_NOT_ALLOWED(405, "This method is not allowed here"),
  NOT_ACCEPTABLE(406, "Only JSON is served"),
  REQUEST_TIMEOUT(408, "The request took too long to arrive"),
  CONFLICT(409, "The fetch has settled otherwise"),
  FETCH_BEGUN(409, "An attempt of the fetch has begun"),
  FETCH_NOT_SETTLED(409, "The fetch has not settled"),
  FETCH_UNHANDLED(409, "A continuation of the fetch has not run"),
  ERASED(409, "What the fetch sent and got is erased"),
  REQUEST_GONE(409, "The request of the fetch is no longer kept"),
  TOO_MANY_KEYS(409, "There are as many keys as there may be"),
  QUEUE_DRAINING(409, "The queue takes no new fetches"),
  QUEUE_NOT_EMPTY(409, "The queue is not empty"),
  CALLBACKS_PENDING(409, "Callbacks to the endpoint are pending"),
  NOT_POSSIBLE_NOW(409, "The queue does not allow this as it is"),
  NOT_THE_NEXT_ALARM(409, "The alarm is not the next one, or cannot fire now"),
  TOO_MANY_SCHEDULES(409, "The origin has as many schedules as it may"),
  BACKFILL_RUNS(409, "A backfill of the schedule is under way"),
  TICKS_DUE(409, "More ticks of the schedule are due than one write decides"),
  MAY_REPEAT(409, "Some of these ticks may have been made before"),
  PRECONDITION_FAILED(412, "It has another version by now"),
  PRECONDITION_REQUIRED(428, "The version to be changed must be named"),
  PAYLOAD_TOO_LARGE(413, "The body is too large"),
  MESSAGE_TOO_LARGE(413, "The message is too large"),
  URI_TOO_LONG(414, "The URI is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "Only application/json is understood"),
  UNSUPPORTED_CONTENT_ENCODING(415, "Content encodings are not understood"),
  UNSUPPORTED_MESSAGE(415, "Only text messages are understood"),
  VALIDATION_FAILED(422, "A field is missing, unknown or out of its range"),
  URL_INVALID(422, "The url cannot be fetched"),
  TARGET_NOT_ALLOWED(422, "The target must not be called"),
  SECRET_NOT_ALLOWED(422, "The secret must not be sent there"),
  HEADER_INVALID(422, "A header is invalid"),
  HEADER_NOT_ALLOWED(422, "A header must not be set"),
  METHOD_NOT_ALLOWED_FOR_TARGET(422, "The method cannot be used"),
  NO_SUCH_EXECUTOR(422, "There is no such pool of executors"),
  NO_SUCH_QUEUE(422, "There is no such queue"),
  NO_SUCH_CALLBACK(422, "There is no such callback endpoint"),
  NEVER_TICKS(422, "The schedule would never tick"),
  TOO_MANY_TICKS(422, "A backfill of so many ticks is too large"),
  TOO_BROAD(422, "The search is too broad"),
  IDEMPOTENCY_KEY_REUSED(422, "The id stands for another fetch"),
  QUOTA_EXCEEDED(429, "A quota of the tenant is used up"),
  TOO_MANY_PENDING(429, "The origin has too many fetches pending"),
  TOO_MANY_QUEUE_KEYS(429, "The origin waits in the queue under too many keys"),
  TOO_MANY_JOBS(429, "As many jobs run as may"),
  QUEUE_FULL(429, "As many fetches wait in the queue as may"),
  HOST_NOT_ALLOWED(421, "This node does not serve that host"),
  TOO_MANY_FAILED_TRIES(429, "Too many credentials were not accepted"),
  HEADERS_TOO_LARGE(431, "The headers are too large"),
  INTERNAL(500, "Something went wrong here"),
  STORAGE_UNAVAILABLE(503, "The origin did not answer in time"),
  AUDIT_UNAVAILABLE(503, "The audit cannot store what is asked"),
  OVERLOADED(503, "The node is too busy"),
  NOT_READY(503, "The node is not ready"),
  LOOP_DETECTED(508, "Callbacks lead in a circle"),
  OTHER(500, "The request failed");

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** The last part of the type's URI. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The type for a status that Pekko HTTP chose. */
  static ProblemType ofStatus(int status) {
    return switch (status) {
      case 400 -> MALFORMED_REQUEST;
      case 401 -> UNAUTHENTICATED;
      case 403 -> FORBIDDEN;
      case 404 -> NOT_FOUND;
      case 405 -> METHOD_NOT_ALLOWED;
      case 406 -> NOT_ACCEPTABLE;
      case 408 -> REQUEST_TIMEOUT;
      case 413 -> PAYLOAD_TOO_LARGE;
      case 414 -> URI_TOO_LONG;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      case 431 -> HEADERS_TOO_LARGE;
      case 503 -> OVERLOADED;
      default -> OTHER;
    };
  }
}
