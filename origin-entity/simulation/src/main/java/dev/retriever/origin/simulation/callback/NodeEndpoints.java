package dev.retriever.origin.simulation.callback;

import dev.retriever.origin.callback.Callback.Payload;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.EndpointStanding;
import dev.retriever.origin.callback.Endpoints;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What a node knows of the one endpoint: everything, or nothing until it has heard of it. */
public final class NodeEndpoints implements Endpoints {
  private static final long GENERATION = 1;

  private final Supplier<Instant> now;
  private final Instant heardAt;
  private final EndpointStanding open;

  /**
   * @param now the time of the simulated world
   * @param heardAt from when on the node knows of it
   * @param payload what the bodies of its callbacks have
   */
  public NodeEndpoints(Supplier<Instant> now, Instant heardAt, Payload payload) {
    this.now = now;
    this.heardAt = heardAt;
    this.open = new EndpointStanding.Open(CallbackPlan.settings(payload));
  }

  @Override
  public boolean areKnown() {
    return !now.get().isBefore(heardAt);
  }

  @Override
  public OptionalLong generation(String tenant, String endpoint) {
    return areKnown() ? OptionalLong.of(GENERATION) : OptionalLong.empty();
  }

  @Override
  public EndpointStanding standing(String tenant, CallbackChoice choice) {
    return areKnown() ? open : new EndpointStanding.Unheard();
  }

  @Override
  public void gone(String tenant, CallbackChoice choice) {
    // No target answers so.
  }
}
