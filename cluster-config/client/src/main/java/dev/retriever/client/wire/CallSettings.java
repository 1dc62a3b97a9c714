package dev.retriever.client.wire;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * How calls are sent.
 *
 * @param key asked for each request; its value is sent and never shown
 * @param timeout for one try, besides the time that the node is asked to wait
 * @param maxAnswer bytes of an answer
 * @param silence how long a stream may be silent; nodes send something every 15 s
 * @param onRequest is shown each request before it is sent; what it throws ends the call
 * @param chance from 0 to 1, for the waits between tries
 */
public record CallSettings(
    HttpClient http,
    URI api,
    Optional<URI> management,
    Optional<Supplier<String>> key,
    Duration timeout,
    RepeatPlan repeats,
    int maxAnswer,
    Duration silence,
    Consumer<SentRequest> onRequest,
    ClientTime time,
    DoubleSupplier chance) {

  /** Where a call goes. */
  URI base(Call call) {
    if (!call.isAdmin()) {
      return api;
    }
    return management.orElseThrow(
        () ->
            new IllegalStateException(
                call + " goes to the management port: give the client its address, too"));
  }

  @Override
  public String toString() {
    return "calls to " + api;
  }
}
