package dev.retriever.client.webhook;

/** A message that is not known to be genuine. The message says which check it failed. */
public final class WebhookRefused extends Exception {
  private static final long serialVersionUID = 1L;

  WebhookRefused(String why) {
    super(why);
  }
}
