package dev.retriever.cluster.callbacks;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;

/** What callers are told when something of an endpoint is not possible. */
public final class EndpointProblems {
  private EndpointProblems() {}

  static Problem.Found noSuch(String name) {
    return Problem.of(
            ProblemType.NOT_FOUND,
            "There is no callback endpoint " + name + "; PUT /v1/callbacks/" + name + " makes it.")
        .found();
  }

  static Problem.Found badName() {
    return Problem.of(
            ProblemType.MALFORMED_REQUEST,
            "The name of a callback endpoint must be 1 to 64 of A-Z a-z 0-9 . _ -, and not begin"
                + " with a dot.")
        .found();
  }

  static Problem.Found otherVersion(String name) {
    return Problem.of(
            ProblemType.PRECONDITION_FAILED,
            "Callback endpoint "
                + name
                + " has another version by now, or there is none. Read it, and repeat the change"
                + " with that version.")
        .found();
  }

  static Problem.Found pending(String name) {
    return Problem.of(
            ProblemType.CALLBACKS_PENDING,
            "Callbacks to "
                + name
                + " are pending. Wait until they are delivered, or repeat this with ?pending=drop:"
                + " then each fails at its next attempt, and is listed as dead.")
        .found();
  }

  static Problem.Found tooMany(int most) {
    return Problem.of(
            ProblemType.QUOTA_EXCEEDED,
            "There are " + most + " callback endpoints, the most that may be. Remove one.")
        .found();
  }

  static Problem.Found tooManyNames(int most) {
    return Problem.of(
            ProblemType.QUOTA_EXCEEDED,
            "There were endpoints of "
                + most
                + " names, the most that may be. Use a name again that was removed.")
        .found();
  }

  static Problem.Found storageAway() {
    return Problem.of(
            ProblemType.STORAGE_UNAVAILABLE,
            "The database did not answer. It may have done what was asked; repeat it, or read the"
                + " endpoint.")
        .found();
  }

  /**
   * @throws Problem.Found if the caller is for some origins only
   */
  public static void checkAllOrigins(Caller caller) {
    if (!caller.origins().equals(OriginPattern.ANY)) {
      throw Problem.of(
              ProblemType.ORIGIN_NOT_ALLOWED,
              "Callback endpoints are told outcomes of all origins of the tenant, and the credential"
                  + " is for origins "
                  + caller.origins().text()
                  + " only.")
          .found();
    }
  }
}
