package dev.retriever.origin.callback;

import java.util.OptionalLong;

/**
 * The endpoints of a cluster, as its origins know them, a little late. Thread-safe; no method
 * blocks.
 */
public interface Endpoints {
  /** The reason of a callback whose endpoint was removed. */
  String NO_SUCH_ENDPOINT = "no-such-endpoint";

  /** The reason of a callback whose endpoint was disabled: it has answered 410. */
  String DISABLED = "endpoint-disabled";

  /** Whether this node knows the endpoints that there were when it started. */
  boolean areKnown();

  /**
   * The generation of the endpoint that has that name now; empty when there is none.
   *
   * @param tenant the name of the tenant of the origin
   */
  OptionalLong generation(String tenant, String endpoint);

  /**
   * How that endpoint stands.
   *
   * @param tenant the name of the tenant of the origin
   * @param choice with a generation
   */
  EndpointStanding standing(String tenant, CallbackChoice choice);

  /** The endpoint has answered 410: it is disabled, unless its generation is over. */
  void gone(String tenant, CallbackChoice choice);

  /** For nodes without endpoints: there is none. */
  static Endpoints none() {
    return new Endpoints() {
      @Override
      public boolean areKnown() {
        return true;
      }

      @Override
      public OptionalLong generation(String tenant, String endpoint) {
        return OptionalLong.empty();
      }

      @Override
      public EndpointStanding standing(String tenant, CallbackChoice choice) {
        return new EndpointStanding.Gone(NO_SUCH_ENDPOINT);
      }

      @Override
      public void gone(String tenant, CallbackChoice choice) {}
    };
  }
}
