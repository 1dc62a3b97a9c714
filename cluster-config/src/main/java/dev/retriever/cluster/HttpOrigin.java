package dev.retriever.cluster;

import dev.retriever.origin.Definition;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Serialized;

/**
 * The origin behind the HTTP API. It has no state and no continuations of its own: its callers read
 * the outcomes.
 */
final class HttpOrigin extends Origin<Void, Void, HttpOrigin.Nothing> {
  /** Its state. */
  enum Nothing implements Serialized {
    NOTHING
  }

  @Override
  protected Nothing emptyState() {
    return Nothing.NOTHING;
  }

  @Override
  protected Nothing apply(Nothing state, Void event) {
    return state;
  }

  @Override
  protected void define(Definition<Void, Void, Nothing> on) {}
}
