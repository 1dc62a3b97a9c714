package dev.retriever.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.client.wire.ClientTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallbackListenTest {
  private static final byte[] KEY = "k".repeat(32).getBytes(StandardCharsets.US_ASCII);
  private static final String BODY = "{\"type\":\"fetch.settled\"}";

  @TempDir Path home;

  private final StringWriter out = new StringWriter();
  private final CompletableFuture<String> listening = new CompletableFuture<>();

  /** Completes the address when it is told. */
  private final class Told extends Writer {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(char[] chars, int from, int length) {
      text.append(chars, from, length);
      var start = text.indexOf("http://");
      var end = text.indexOf(";", Math.max(start, 0));
      if (start >= 0 && end > start) {
        listening.complete(text.substring(start, end));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private int listen(String... more) throws IOException {
    var key = home.resolve("key");
    Files.writeString(key, "whsec_" + Base64.getEncoder().encodeToString(KEY) + "\n");
    var args = new String[4 + more.length];
    System.arraycopy(
        new String[] {"callback", "listen", "--signing-key-file", key + ""}, 0, args, 0, 4);
    System.arraycopy(more, 0, args, 4, more.length);
    return Cli.run(
        new Surroundings(
            new ByteArrayInputStream(new byte[0]),
            new PrintWriter(out, true),
            new PrintWriter(new Told(), true),
            Map.of("HOME", home.toString()),
            false,
            ClientTime.SYSTEM,
            Optional.empty()),
        args);
  }

  private static String signature(String time) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    var signed = ("msg_1." + time + "." + BODY).getBytes(StandardCharsets.UTF_8);
    return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
  }

  private int posted(String url, String signature, String time) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("webhook-id", "msg_1")
            .header("webhook-timestamp", time)
            .header("webhook-signature", signature)
            .POST(HttpRequest.BodyPublishers.ofString(BODY))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void genuine_callbacks_are_printed_and_counted_and_others_refused() throws Exception {
    var ended =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return listen("--count", "1", "--wait", "60s");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    var url = listening.get(60, TimeUnit.SECONDS);
    var time = Long.toString(ClientTime.SYSTEM.now().getEpochSecond());

    assertThat(url).startsWith("http://127.0.0.1:");
    assertThat(posted(url, "v1,AAAA", time)).isEqualTo(400);
    assertThat(posted(url, signature(time), time)).isEqualTo(204);
    assertThat(ended.get(60, TimeUnit.SECONDS)).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "REFUSED  no signature was made with a key that is known here",
            "genuine  msg_1  " + BODY);
  }

  @Test
  void a_wait_in_which_none_comes_ends_with_a_code_of_its_own() throws IOException {
    assertThat(listen("--count", "1", "--wait", "100ms")).isEqualTo(14);
  }
}
