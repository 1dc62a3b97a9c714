package dev.retriever.origin.core.specs;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.labels.Labels;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Digests of specs. They tell a repeated submission from a different one under the same id, when
 * the request itself is no longer kept. They are journaled: their computation must not change.
 */
public final class Fingerprint {
  private static final Pattern URL = Pattern.compile("(https?)://([^/?]*?)(?::(\\d*))?([/?].*)?");
  private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");
  private static final String UNRESERVED = "-._~";

  private Fingerprint() {}

  /**
   * The digest of the spec's meaning. It is equal when these are: method, URL as RFC 3986, section
   * 6.2 compares them, the values of each header, body and limits. Dot segments count, since they
   * are sent.
   */
  public static String ofMeaning(FetchSpec spec) {
    return digest(out -> writeMeaning(spec, out));
  }

  /**
   * Whether that is the fingerprint of a spec with the same meaning, or the digest of this spec's
   * spelling, which older snapshots have.
   */
  public static boolean matches(FetchSpec spec, String fingerprint) {
    return fingerprint.equals(ofMeaning(spec)) || fingerprint.equals(ofSpelling(spec));
  }

  /**
   * The digest of every byte of the spec as it was written. Settled fetches in older snapshots have
   * it.
   */
  public static String ofSpelling(FetchSpec spec) {
    return digest(out -> writeSpelling(spec, out));
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private static String digest(Writing writing) {
    try {
      var bytes = new ByteArrayOutputStream();
      writing.to(new DataOutputStream(bytes));
      return HexFormat.of().formatHex(sha256(bytes.toByteArray()), 0, 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void writeMeaning(FetchSpec spec, DataOutputStream out) throws IOException {
    var request = spec.request();
    // No method has this name, so the bytes never equal those of a spelling.
    out.writeUTF("meaning 1");
    out.writeUTF(request.method());
    out.writeUTF(normalized(request.url()));
    var headers = byName(request);
    out.writeInt(headers.size());
    for (var header : headers.entrySet()) {
      out.writeUTF(header.getKey());
      out.writeInt(header.getValue().size());
      for (var value : header.getValue()) {
        out.writeUTF(value);
      }
    }
    writeBody(request.body(), out);
    writeLimits(spec, out);
  }

  /** Length and digest stand for the body. */
  private static void writeBody(Optional<Body> body, DataOutputStream out) throws IOException {
    out.writeBoolean(body.isPresent());
    if (body.isPresent()) {
      out.writeInt(body.get().size());
      out.write(sha256(body.get().bytes()));
    }
  }

  /** The idempotency key counts as the header that it is sent as. */
  private static TreeMap<String, List<String>> byName(FetchRequest request) {
    var headers = new TreeMap<String, List<String>>();
    for (var header : request.headers()) {
      headers
          .computeIfAbsent(header.name().toLowerCase(Locale.ROOT), name -> new ArrayList<>(1))
          .add(value(header));
    }
    request.idempotencyKey().ifPresent(key -> headers.put("idempotency-key", List.of(key)));
    return headers;
  }

  /** Values have no NUL, so it separates a value from the name of a secret. */
  private static String value(Header header) {
    return header.value() + header.secret().map(name -> "\u0000" + name).orElse("");
  }

  /** Normalizes as RFC 3986, section 6.2 says, except dot segments. The URL was checked before. */
  static String normalized(String url) {
    var scheme = url.substring(0, url.indexOf(':')).toLowerCase(Locale.ROOT);
    var parts = URL.matcher(scheme + url.substring(scheme.length()));
    if (!parts.matches()) {
      return url;
    }
    var port = Optional.ofNullable(parts.group(3)).map(Integer::parseInt);
    var usual = scheme.equals("https") ? 443 : 80;
    var rest = Optional.ofNullable(parts.group(4)).orElse("");
    return scheme
        + "://"
        + parts.group(2).toLowerCase(Locale.ROOT)
        + port.filter(it -> it != usual).map(it -> ":" + it).orElse("")
        + (rest.startsWith("/") ? "" : "/")
        + ESCAPE.matcher(rest).replaceAll(it -> escape(Integer.parseInt(it.group(1), 16)));
  }

  private static String escape(int octet) {
    var isPlain =
        octet < 0x80 && (Character.isLetterOrDigit(octet) || UNRESERVED.indexOf(octet) >= 0);
    return isPlain ? Character.toString(octet) : "%%%02X".formatted(octet);
  }

  /** Writes each part after its length or count, so that no two specs give the same bytes. */
  private static void writeSpelling(FetchSpec spec, DataOutputStream out) throws IOException {
    var request = spec.request();
    out.writeUTF(request.method());
    out.writeUTF(request.url());
    out.writeInt(request.headers().size());
    for (var header : request.headers()) {
      out.writeUTF(header.name());
      out.writeUTF(value(header));
    }
    out.writeBoolean(request.body().isPresent());
    if (request.body().isPresent()) {
      out.writeInt(request.body().get().size());
      out.write(request.body().get().bytes());
    }
    out.writeUTF(request.idempotencyKey().map(key -> "=" + key).orElse(""));
    writeLimits(spec, out);
  }

  private static void writeLimits(FetchSpec spec, DataOutputStream out) throws IOException {
    var retry = spec.retry();
    out.writeUTF(
        spec.timeout() + " " + spec.within() + " " + spec.grace() + " " + retry.maxAttempts());
    out.writeUTF(retry.minBackoff() + " " + retry.maxBackoff() + " " + retry.resend());
    out.writeUTF(retry.retryOn().stream().sorted().toList().toString());
    if (spec.executor().isPresent()) {
      out.writeUTF(spec.executor().get());
    }
    if (spec.redirects() > 0) {
      // The blank makes it differ from every pool name.
      out.writeUTF("redirects " + spec.redirects());
    }
    if (spec.queue().isPresent()) {
      var queue = spec.queue().get();
      out.writeUTF("queue " + queue.name() + " " + queue.priority());
      out.writeUTF(queue.key().orElse("") + " " + queue.waitAtMost().orElse(Duration.ZERO));
    }
    if (spec.later().isPresent()) {
      var later = spec.later().get();
      out.writeUTF("later " + later.fold(Duration::toString, Instant::toString));
    }
    if (spec.redriveOf().isPresent()) {
      out.writeUTF("redrive of " + spec.redriveOf().get());
    }
    if (!spec.labels().isEmpty()) {
      out.writeUTF("labels " + Labels.texts(spec.labels()));
    }
    if (spec.callback().isPresent()) {
      // Not its generation: a repeat means the same endpoint.
      out.writeUTF("callback " + spec.callback().get().endpoint());
    }
    if (spec.delivers().isPresent()) {
      out.writeUTF("delivers " + spec.delivers().get());
    }
    // Not the context: a repeat comes in another trace.
    if (!spec.carried().toTarget()) {
      out.writeUTF("no traceparent");
    }
  }
}
