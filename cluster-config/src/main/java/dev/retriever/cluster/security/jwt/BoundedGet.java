package dev.retriever.cluster.security.jwt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * Gets a document of an issuer: at most 64 KiB, in at most 5 s in all, without following redirects.
 * The operator names the address, so the policy for targets of fetches does not hold here.
 * Thread-safe; blocks.
 */
final class BoundedGet {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int OK = 200;

  private final HttpClient client;

  /**
   * @param tls trusts the servers' certificates; empty for the platform's trust
   */
  BoundedGet(Optional<SSLContext> tls) {
    var builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(LIMIT);
    tls.ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /**
   * @param bearer a token to show to the server
   * @throws IOException if there is no answer in time, another status than 200, or too much
   */
  byte[] get(URI uri, Optional<String> bearer) throws IOException {
    var request = HttpRequest.newBuilder(uri).header("Accept", "application/json").timeout(LIMIT);
    bearer.ifPresent(token -> request.header("Authorization", "Bearer " + token));
    var answer = client.sendAsync(request.build(), info -> new Limited());
    try {
      var response = answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != OK) {
        throw new IOException(uri + " answered with the status " + response.statusCode());
      }
      return response.body();
    } catch (TimeoutException e) {
      throw new IOException(uri + " did not answer within " + LIMIT, e);
    } catch (ExecutionException e) {
      throw new IOException(uri + ": " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }

  /** A body, unless it is too large. */
  private static final class Limited implements HttpResponse.BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.Subscription subscription;

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (var buffer : buffers) {
        if (bytes.size() + buffer.remaining() > JwkSource.LARGEST) {
          subscription.cancel();
          body.completeExceptionally(
              new IOException("the answer is larger than " + JwkSource.LARGEST + " bytes"));
          return;
        }
        var part = new byte[buffer.remaining()];
        buffer.get(part);
        bytes.writeBytes(part);
      }
      subscription.request(1);
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.complete(bytes.toByteArray());
    }
  }
}
