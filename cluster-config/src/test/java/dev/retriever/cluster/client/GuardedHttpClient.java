package dev.retriever.cluster.client;

import dev.retriever.cluster.contract.ContractGuard;
import dev.retriever.cluster.contract.Exchange;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** Sends, and fails what the contract does not have. Bodies of streams are not looked at. */
public final class GuardedHttpClient extends HttpClient {
  // One for all, because each has threads of its own.
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return CLIENT
        .sendAsync(request, handler)
        .thenApply(
            response -> {
              check(request, response);
              return response;
            });
  }

  private static void check(HttpRequest request, HttpResponse<?> response) {
    var text =
        response.body() instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
    var body = request.bodyPublisher().filter(it -> it.contentLength() != 0).map(it -> text(it));
    ContractGuard.check(
        Exchange.of(request, body.orElse(null), response.statusCode(), response.headers(), text));
  }

  private static String text(HttpRequest.BodyPublisher publisher) {
    var text = new StringBuilder();
    publisher.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(ByteBuffer bytes) {
            text.append(StandardCharsets.UTF_8.decode(bytes));
          }

          @Override
          public void onError(Throwable failure) {
            throw new AssertionError(failure);
          }

          @Override
          public void onComplete() {}
        });
    return text.toString();
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return CLIENT.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return CLIENT.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return CLIENT.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return CLIENT.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return CLIENT.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return CLIENT.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return CLIENT.authenticator();
  }

  @Override
  public Version version() {
    return CLIENT.version();
  }

  @Override
  public Optional<Executor> executor() {
    return CLIENT.executor();
  }
}
