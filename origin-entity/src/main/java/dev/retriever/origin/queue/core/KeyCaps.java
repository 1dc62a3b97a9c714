package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueSettings.Order;
import dev.retriever.origin.queue.QueueSettings.Rate;
import java.util.Optional;

/** What a key may at once and in a time. In a strict queue, one at a time. */
record KeyCaps(int concurrency, Optional<Rate> rate) {
  static KeyCaps of(QueueSettings settings) {
    return new KeyCaps(
        settings.order() == Order.STRICT
            ? 1
            : settings.perKey().concurrency().orElse(Integer.MAX_VALUE),
        settings.perKey().rate());
  }

  /** Whether lines of the key may go. */
  boolean open(KeyState key, Now now) {
    return key.outstanding < concurrency
        && key.heldUntil <= now.wallMicros()
        && (rate.isEmpty() || key.rate(rate.get(), now.micros()).admits(now.micros()));
  }

  /** An attempt of the key begins. */
  void take(KeyState key, Now now) {
    rate.ifPresent(it -> key.rate(it, now.micros()).take(now.micros()));
  }

  /** It did not begin after all. */
  void giveBack(KeyState key, Now now) {
    rate.ifPresent(it -> key.rate(it, now.micros()).giveBack(now.micros()));
  }

  /** When the key has a token again. */
  long nextAt(KeyState key, Now now) {
    return rate.map(it -> key.rate(it, now.micros()).next(now.micros())).orElse(now.micros());
  }
}
