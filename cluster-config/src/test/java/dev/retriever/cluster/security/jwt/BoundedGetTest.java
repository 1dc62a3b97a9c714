package dev.retriever.cluster.security.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An issuer that misbehaves costs little, and its answer is not taken. */
class BoundedGetTest {
  private final IssuerStub issuer = new IssuerStub(new TestIssuer());
  private final BoundedGet client = new BoundedGet(Optional.empty());

  @AfterEach
  void close() {
    issuer.close();
  }

  private byte[] get() throws IOException {
    return client.get(URI.create(issuer.url()), Optional.empty());
  }

  @Test
  void a_document_of_the_largest_size_is_read() throws IOException {
    issuer.answers(exchange -> IssuerStub.send(exchange, 200, new byte[JwkSource.LARGEST]));

    assertThat(get()).hasSize(JwkSource.LARGEST);
  }

  @Test
  void a_larger_one_is_not() {
    issuer.answers(exchange -> IssuerStub.send(exchange, 200, new byte[JwkSource.LARGEST + 1]));

    assertThatThrownBy(this::get).isInstanceOf(IOException.class).hasMessageContaining("larger");
  }

  @Test
  void an_endless_one_ends() {
    issuer.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          while (true) {
            exchange.getResponseBody().write(new byte[1024]);
          }
        });

    assertThatThrownBy(this::get).isInstanceOf(IOException.class).hasMessageContaining("larger");
  }

  @Test
  void a_redirect_is_not_followed() {
    issuer.answers(
        exchange -> {
          exchange.getResponseHeaders().set("Location", issuer.url());
          IssuerStub.send(exchange, 302, new byte[0]);
        });

    assertThatThrownBy(this::get).isInstanceOf(IOException.class).hasMessageContaining("302");
    assertThat(issuer.asked()).isEqualTo(1);
  }

  @Test
  void an_error_is_no_document() {
    issuer.answers(exchange -> IssuerStub.send(exchange, 500, new byte[1]));

    assertThatThrownBy(this::get).isInstanceOf(IOException.class).hasMessageContaining("500");
  }

  @Test
  void a_body_that_does_not_end_is_given_up() {
    var end = new CountDownLatch(1);
    issuer.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(1);
          exchange.getResponseBody().flush();
          await(end);
        });

    assertThatThrownBy(this::get).isInstanceOf(IOException.class).hasMessageContaining("PT5S");
    end.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
