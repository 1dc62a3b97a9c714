package dev.retriever.cluster.callbacks;

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
import java.util.function.Function;

/**
 * Whether an endpoint may be told outcomes: where it is, what signs, and where callbacks wait.
 *
 * @param mayBeSent throws {@link InvalidRequest} for a request that must not be sent for that
 *     tenant
 * @param secrets have the keys
 * @param hasQueue whether there is a queue of that name
 */
public record EndpointRules(
    BiConsumer<FetchRequest, Tenant> mayBeSent,
    Secrets secrets,
    Function<String, CompletionStage<Boolean>> hasQueue) {
  /**
   * The settings. May read files of keys. Fails with a {@link Problem.Found} that names the field.
   */
  CompletionStage<EndpointSettings> checked(EndpointSettings settings, Tenant tenant) {
    checkTarget(settings, tenant);
    for (var i = 0; i < settings.keys().size(); i++) {
      checkKey(settings, i, tenant);
    }
    if (settings.queue().isEmpty()) {
      return CompletableFuture.completedFuture(settings);
    }
    var queue = settings.queue().get();
    return hasQueue
        .apply(queue)
        .thenApply(
            has -> {
              if (!has) {
                throw Problem.of(
                        ProblemType.NO_SUCH_QUEUE,
                        "/queue",
                        "/queue names " + queue + ", and there is no such queue")
                    .found();
              }
              return settings;
            });
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
