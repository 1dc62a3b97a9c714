package dev.retriever.cluster.http;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * The condition of a change (RFC 9110, section 13): the version that the caller has seen.
 *
 * @param any whether every version will do, as long as there is one: {@code If-Match: *}
 * @param none whether there must be none: {@code If-None-Match: *}
 * @param version the version that it must have; one that nothing has stands for other texts
 */
public record Precondition(boolean any, boolean none, Optional<Long> version) {
  private static final Pattern VERSION = Pattern.compile("\"([1-9][0-9]{0,17})\"");
  private static final long NO_VERSION = -1;

  /**
   * @param what the versions are called
   * @throws Problem.Found if there are several conditions
   */
  public static Precondition of(HttpRequest request, String what) {
    var match = RequestHeaders.named(request, "If-Match");
    var noMatch = RequestHeaders.named(request, "If-None-Match");
    if (match.size() + noMatch.size() > 1 || match.stream().anyMatch(it -> it.contains(","))) {
      throw malformed("Send one condition, with one " + what + ".");
    }
    if (noMatch.stream().anyMatch(it -> !it.trim().equals("*"))) {
      throw malformed("If-None-Match must be *, to change nothing that is there.");
    }
    var any = match.stream().anyMatch(it -> it.trim().equals("*"));
    return new Precondition(
        any,
        !noMatch.isEmpty(),
        match.stream().filter(it -> !any).findFirst().map(Precondition::version));
  }

  private static long version(String header) {
    var tag = VERSION.matcher(header.trim());
    return tag.matches() ? Long.parseLong(tag.group(1)) : NO_VERSION;
  }

  /** Whether there is no condition. */
  public boolean isMissing() {
    return !any && !none && version.isEmpty();
  }

  /** How the version is written in headers. */
  public static String tag(long version) {
    return "\"" + version + "\"";
  }

  private static Problem.Found malformed(String detail) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).found();
  }
}
