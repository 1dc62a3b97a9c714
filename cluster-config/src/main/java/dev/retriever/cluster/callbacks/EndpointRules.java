package dev.retriever.cluster.callbacks;

import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Secrets;
import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.WebhookSigner;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.EndpointSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/**
 * Whether an endpoint may be told outcomes: where it is, what signs, and where callbacks wait.
 *
 * @param mayBeSent throws {@link InvalidRequest} for a request that must not be sent for that
 *     tenant
 * @param secrets have the keys
 * @param queues that callbacks wait in
 */
public record EndpointRules(
    BiConsumer<FetchRequest, Tenant> mayBeSent, Secrets secrets, CallbackQueues queues) {
  /**
   * The settings. May read files of keys, and makes the queue of ordered callbacks. Fails with a
   * {@link Problem.Found} that names the field.
   */
  CompletionStage<EndpointSettings> checked(EndpointKey key, EndpointSettings settings) {
    var tenant = new Tenant(key.tenant());
    checkTarget(settings, tenant);
    for (var i = 0; i < settings.keys().size(); i++) {
      checkKey(settings, i, tenant);
    }
    if (settings.queue().isEmpty()) {
      return CompletableFuture.completedFuture(settings);
    }
    var queue = settings.queue().get();
    var isOrdered = CallbackQueues.isOrdered(key, settings);
    return (isOrdered ? queues.makeOrdered(queue) : queues.has(queue))
        .thenApply(
            isAsAsked -> {
              if (!isAsAsked) {
                throw isOrdered ? notStrict(queue) : noSuchQueue(queue);
              }
              return settings;
            });
  }

  private static Problem.Found noSuchQueue(String queue) {
    return Problem.of(
            ProblemType.NO_SUCH_QUEUE,
            "/queue",
            "/queue names " + queue + ", and there is no such queue")
        .found();
  }

  private static Problem.Found notStrict(String queue) {
    return JsonFields.invalid(
        "/ordered",
        "has the queue "
            + queue
            + ", whose order is not strict; change that with PATCH /admin/queues/"
            + queue);
  }

  private void checkTarget(EndpointSettings settings, Tenant tenant) {
    try {
      mayBeSent.accept(settings.request(CallbackChoice.of("x")), tenant);
    } catch (InvalidRequest e) {
      var type =
          switch (e.kind()) {
            case SECRET_NOT_ALLOWED -> ProblemType.SECRET_NOT_ALLOWED;
            case TARGET_NOT_ALLOWED -> ProblemType.TARGET_NOT_ALLOWED;
            case URL -> ProblemType.URL_INVALID;
            default -> ProblemType.VALIDATION_FAILED;
          };
      throw Problem.of(type, e.pointer(), e.getMessage()).found();
    }
  }

  /** A secret of other tenants reads as one that does not exist. */
  private void checkKey(EndpointSettings settings, int place, Tenant tenant) {
    var name = settings.keys().get(place);
    if (!Secrets.isName(name)) {
      throw JsonFields.invalid(
          "/keys/" + place + "/secret", "must be 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    var pointer = "/keys/" + place + "/secret";
    if (!secrets.isFor(name, settings.url(), tenant)) {
      throw Problem.of(
              ProblemType.SECRET_NOT_ALLOWED,
              pointer,
              pointer
                  + " names "
                  + name
                  + ", and this node has no such secret for that host and tenant; add it to"
                  + " retriever.executor.transport.secrets of every node, with the host in its"
                  + " hosts")
          .found();
    }
    if (WebhookSigner.isOtherThanKey(secrets, name, settings.url(), tenant, settings.algorithm())) {
      throw JsonFields.invalid(
          pointer,
          "names "
              + name
              + ", whose value on this node is no key of "
              + form(settings.algorithm()));
    }
  }

  private static String form(Algorithm algorithm) {
    return switch (algorithm) {
      case V1 -> "v1: whsec_ and base64 of 24 to 64 bytes";
      case V1A ->
          "v1a: whsk_ and base64 of the 32 bytes of an Ed25519 seed, or of seed and public key";
    };
  }
}
