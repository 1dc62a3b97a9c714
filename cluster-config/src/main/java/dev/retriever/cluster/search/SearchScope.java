package dev.retriever.cluster.search;

import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.executor.OriginKey;
import dev.retriever.executor.Tenant;
import java.time.Instant;
import java.util.Optional;

/**
 * What a caller may find at all: a range of ids of its tenant, and no fetch whose retention is
 * over. Every statement begins with it. Immutable.
 *
 * @param from the first journal id, inclusive
 * @param to exclusive
 * @param isDefault whether ids with a tenant in them are in the range and not the caller's
 * @param oldest fetches that settled at that time or before are not found; empty for all
 */
record SearchScope(String from, String to, boolean isDefault, Optional<Instant> oldest) {
  /** Greater than nothing, and less than every character of an id. */
  private static final char LEAST = '\u0001';

  private static final String TYPE = Tenant.ORIGIN_TYPE + "|";

  /**
   * The origins behind the HTTP API that the caller may see.
   *
   * @param origin narrows it, as in {@link FetchFilter}
   */
  static SearchScope of(Caller caller, Optional<String> origin, Optional<Instant> oldest) {
    var tenant = caller.tenant();
    var prefix = TYPE + tenant.innerId("");
    var wanted = origin.map(OriginPattern::new).orElse(OriginPattern.ANY);
    var allowed = caller.origins();
    if (allowed.covers(wanted)) {
      return of(prefix, wanted, tenant, oldest);
    }
    return wanted.covers(allowed)
        ? of(prefix, allowed, tenant, oldest)
        : new SearchScope(prefix, prefix, tenant.isDefault(), oldest);
  }

  private static SearchScope of(
      String prefix, OriginPattern pattern, Tenant tenant, Optional<Instant> oldest) {
    var text = pattern.text();
    var isExact = !text.endsWith("*");
    var from = prefix + (isExact ? text : text.substring(0, text.length() - 1));
    return new SearchScope(from, isExact ? from + LEAST : after(from), tenant.isDefault(), oldest);
  }

  /** Greater than everything that begins with it. */
  private static String after(String prefix) {
    var last = prefix.charAt(prefix.length() - 1);
    return prefix.substring(0, prefix.length() - 1) + (char) (last + 1);
  }

  /** The id that the caller knows the origin by. */
  static String originId(String persistenceId) {
    return OriginKey.ofOrigin(persistenceId).originId();
  }
}
