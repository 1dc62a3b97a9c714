package dev.retriever.cluster.security.audit;

import dev.retriever.executor.Tenant;
import java.time.Instant;
import java.util.Locale;

/**
 * A row of the audit. Texts are at most 256 characters and have no secrets. Immutable.
 *
 * @param deed the same in the rows of one deed; a new one in each row of denials
 * @param who asked
 * @param action the method and the path with its parameters in braces; of unknown routes the method
 * @param subject the values of the path's parameters; of unknown routes the path
 * @param status of the answer; 0 if there is none yet
 * @param reason of denials, else empty
 * @param count of the refusals that the row stands for; 1 in other rows
 * @param before what a deed was about to change, as the route read it just before; empty if it did
 *     not
 * @param after what the deed made of it; empty if that is not told
 */
public record AuditRow(
    Instant at,
    Kind kind,
    String deed,
    Who who,
    String action,
    String subject,
    int status,
    String reason,
    long count,
    String before,
    String after) {
  /** What a row tells. */
  public enum Kind {
    /** A deed was asked for. */
    ASKED,
    /** It has ended with a status below 400. */
    DONE,
    /** It has ended with an error. */
    FAILED,
    /** Requests were refused. */
    DENIED;

    /** As it is stored and shown. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Kind of(String key) {
      return valueOf(key.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * The sender of a request.
   *
   * @param credential the kind of the credential, or {@code none}
   * @param caller the name that the credential has proven; empty without one
   * @param address that the request came from
   */
  public record Who(Tenant tenant, String credential, String caller, String address) {}

  /** The row that tells the end of this deed. */
  AuditRow ended(Instant then, int answer, String changed, String made) {
    return new AuditRow(
        then,
        answer < 400 ? Kind.DONE : Kind.FAILED,
        deed,
        who,
        action,
        subject,
        answer,
        reason,
        count,
        changed,
        made);
  }
}
