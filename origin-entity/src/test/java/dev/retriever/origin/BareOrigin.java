package dev.retriever.origin;

/** Keeps nothing and goes on with nothing. */
public final class BareOrigin extends Origin<Void, Void, String> {
  @Override
  protected String emptyState() {
    return "";
  }

  @Override
  protected String apply(String state, Void event) {
    return state;
  }

  @Override
  protected void define(Definition<Void, Void, String> on) {}
}
