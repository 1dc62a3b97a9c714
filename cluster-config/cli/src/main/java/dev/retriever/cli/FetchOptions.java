package dev.retriever.cli;

import dev.retriever.client.NewFetch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** Options of what is fetched, for submissions and schedules. */
final class FetchOptions {
  @Option(
      names = {"-X", "--method"},
      paramLabel = "METHOD",
      description = "GET, or POST with a body")
  private String method;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME:VALUE",
      description = "a header; others of this machine see it, so keep secrets out")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--secret-header",
      paramLabel = "NAME:SECRET",
      description =
          "a header that the node completes: Authorization:stripe, or Authorization:Bearer stripe")
  private List<String> secretHeaders = new ArrayList<>();

  @Option(
      names = {"-d", "--data"},
      paramLabel = "TEXT",
      description = "the body: a text, @FILE, or @- for standard input")
  private String data;

  @Option(names = "--timeout", paramLabel = "TIME", description = "of one attempt; 30s")
  private Duration timeout;

  @Option(names = "--within", paramLabel = "TIME", description = "of the whole fetch; 5m")
  private Duration within;

  @Option(names = "--attempts", paramLabel = "N", description = "how many at most; 1")
  private Integer attempts;

  @Option(
      names = "--resend",
      paramLabel = "WHEN",
      description = "after it may have been acted on: when-safe, always, never")
  private String resend;

  @Option(names = "--redirects", paramLabel = "N", description = "followed at most, to 3; 0")
  private Integer redirects;

  @Option(names = "--idempotency-key", paramLabel = "KEY", description = "sent to the target")
  private String idempotencyKey;

  @Option(names = "--queue", paramLabel = "NAME", description = "the queue that it waits in")
  private String queue;

  @Option(names = "--priority", paramLabel = "N", description = "in the queue, 1 to 5; 3")
  private Integer priority;

  @Option(names = "--queue-key", paramLabel = "KEY", description = "in the queue; the origin's own")
  private String queueKey;

  @Option(names = "--label", paramLabel = "KEY=VALUE", description = "what it is found by")
  private Map<String, String> labels = new TreeMap<>();

  @Option(names = "--callback", paramLabel = "NAME", description = "the endpoint that is told")
  private String callback;

  @Option(names = "--executor", paramLabel = "POOL", description = "the pool that makes it")
  private String executor;

  NewFetch fetch(String url, Session session) {
    var body = body(session);
    var verb = method != null ? method : body.isPresent() ? "POST" : "GET";
    var fetch = NewFetch.of(verb, url);
    for (var header : headers) {
      var parts = split(header);
      fetch = fetch.header(parts[0], parts[1]);
    }
    for (var header : secretHeaders) {
      var parts = split(header);
      var space = parts[1].lastIndexOf(' ') + 1;
      fetch = fetch.secretHeader(parts[0], parts[1].substring(space), parts[1].substring(0, space));
    }
    fetch = with(fetch, body, FetchOptions::body);
    return limited(queued(fetch));
  }

  /** As text where it is one, which is easier to read in what is shown of it. */
  private static NewFetch body(NewFetch fetch, byte[] bytes) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.contains("\0") ? fetch.body(bytes) : fetch.body(text);
    } catch (CharacterCodingException e) {
      return fetch.body(bytes);
    }
  }

  private NewFetch limited(NewFetch bare) {
    var fetch = with(bare, Optional.ofNullable(timeout), NewFetch::timeout);
    fetch = with(fetch, Optional.ofNullable(within), NewFetch::within);
    fetch = with(fetch, Optional.ofNullable(attempts), NewFetch::attempts);
    fetch = with(fetch, Optional.ofNullable(resend), NewFetch::resend);
    fetch = with(fetch, Optional.ofNullable(redirects), NewFetch::redirects);
    fetch = with(fetch, Optional.ofNullable(idempotencyKey), NewFetch::idempotencyKey);
    fetch = with(fetch, Optional.ofNullable(callback), NewFetch::callback);
    fetch = with(fetch, Optional.ofNullable(executor), NewFetch::executor);
    for (var label : labels.entrySet()) {
      fetch = fetch.label(label.getKey(), label.getValue());
    }
    return fetch;
  }

  private NewFetch queued(NewFetch fetch) {
    if (queue == null && (priority != null || queueKey != null)) {
      throw new Refused("--priority and --queue-key are of a queue", "Add --queue NAME.");
    }
    return queue == null
        ? fetch
        : fetch.queue(queue, Optional.ofNullable(priority), Optional.ofNullable(queueKey));
  }

  private static <T> NewFetch with(
      NewFetch fetch, Optional<T> value, BiFunction<NewFetch, T, NewFetch> change) {
    return value.map(it -> change.apply(fetch, it)).orElse(fetch);
  }

  private static String[] split(String header) {
    var parts = header.split(":", 2);
    if (parts.length < 2) {
      throw new Refused("a header must be NAME:VALUE", "Put a colon behind its name.");
    }
    return new String[] {parts[0].strip(), parts[1].strip()};
  }

  private Optional<byte[]> body(Session session) {
    if (data == null) {
      return Optional.empty();
    }
    try {
      var bytes =
          !data.startsWith("@")
              ? data.getBytes(StandardCharsets.UTF_8)
              : data.equals("@-")
                  ? session.around().in().readAllBytes()
                  : Files.readAllBytes(Path.of(data.substring(1)));
      return Optional.of(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(new IOException("no body in " + data.substring(1), e));
    }
  }
}
