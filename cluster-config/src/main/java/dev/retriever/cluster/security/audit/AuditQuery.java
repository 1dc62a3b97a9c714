package dev.retriever.cluster.security.audit;

import dev.retriever.cluster.http.PageLimit;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A question to the audit, as far as its caller may ask it. Immutable.
 *
 * @param tenant whose rows; empty for all
 */
record AuditQuery(Optional<Tenant> tenant, Optional<Instant> since, long after, int limit) {
  private static final int DEFAULT_LIMIT = 100;
  private static final Pattern CURSOR = Pattern.compile("v1:([a-z0-9*-]+):(\\d*):(\\d{1,18})");

  /**
   * The parameters of a request, as they were sent.
   *
   * @param after a cursor
   */
  record Asked(
      Optional<String> tenant,
      Optional<String> since,
      Optional<String> after,
      Optional<String> limit) {}

  /**
   * @throws Problem.Found if a parameter is malformed, or the caller may not ask that
   */
  static AuditQuery of(Asked asked, Caller caller) {
    var tenant = tenant(asked.tenant(), caller);
    var since = asked.since().map(AuditQuery::time);
    var first = new AuditQuery(tenant, since, 0, DEFAULT_LIMIT);
    return new AuditQuery(
        tenant,
        since,
        asked.after().map(first::after).orElse(0L),
        PageLimit.of(asked.limit(), DEFAULT_LIMIT));
  }

  /** Administrators of the default tenant see all tenants, all others their own. */
  private static Optional<Tenant> tenant(Optional<String> asked, Caller caller) {
    var seesAll = caller.tenant().isDefault() && caller.has(Role.ADMIN);
    if (asked.isEmpty()) {
      return seesAll ? Optional.empty() : Optional.of(caller.tenant());
    }
    var tenant = tenant(asked.get());
    if (!seesAll && !tenant.equals(caller.tenant())) {
      throw Problem.of(
              ProblemType.FORBIDDEN,
              "The audit of other tenants is for administrators of the default tenant.")
          .found();
    }
    return Optional.of(tenant);
  }

  private static Tenant tenant(String name) {
    try {
      return new Tenant(name);
    } catch (IllegalArgumentException e) {
      throw malformed(e.getMessage() + ".");
    }
  }

  private static Instant time(String text) {
    try {
      return Instant.ofEpochMilli(Math.max(0, Instant.parse(text).toEpochMilli()));
    } catch (DateTimeException | ArithmeticException e) {
      throw malformed("since must be a time such as 2026-11-29T13:05:00Z.");
    }
  }

  /** A cursor of another question could skip rows of this one. */
  private long after(String cursor) {
    try {
      var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      var match = CURSOR.matcher(text);
      if (match.matches() && match.group(1).equals(scope()) && match.group(2).equals(from())) {
        return Long.parseLong(match.group(3));
      }
    } catch (IllegalArgumentException e) {
      // Not base64: said below.
    }
    throw malformed(
        "after must be a nextCursor of the same question; leave it out to begin again.");
  }

  /** Where the next page begins. */
  String cursorAfter(long position) {
    var text = "v1:" + scope() + ":" + from() + ":" + position;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private String scope() {
    return tenant.map(Tenant::name).orElse("*");
  }

  private String from() {
    return since.map(it -> "" + it.toEpochMilli()).orElse("");
  }

  AuditStore.Query toStore() {
    return new AuditStore.Query(tenant, since, after, limit);
  }

  private static Problem.Found malformed(String detail) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).found();
  }
}
