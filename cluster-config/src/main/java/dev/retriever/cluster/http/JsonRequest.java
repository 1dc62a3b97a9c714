package dev.retriever.cluster.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.retriever.executor.Futures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.MediaTypes;

/** Reads requests whose body is JSON, strictly. */
public final class JsonRequest {
  private static final int MAX_DEPTH = 32;
  private static final long BODY_MILLIS = 10_000;
  private static final ObjectMapper MAPPER = mapper();

  private JsonRequest() {}

  private static ObjectMapper mapper() {
    var json =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(20)
                    .maxStringLength(Integer.MAX_VALUE) // the upload is bounded before
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    return JsonMapper.builder(json)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
        .build();
  }

  /**
   * The JSON of a body.
   *
   * @param body in UTF-8, whole in memory
   * @throws Problem.Found if it is not JSON, is empty, or is deeper than 32
   */
  public static JsonNode parse(InputStream body) {
    try {
      // Decoded here, because the parser would replace invalid UTF-8. Piece by piece, because
      // all of it as text takes three times the memory.
      var text = new InputStreamReader(body, StandardCharsets.UTF_8.newDecoder());
      var json = MAPPER.readTree(text);
      if (json == null || json.isMissingNode()) {
        throw Problem.of(ProblemType.MALFORMED_JSON, "", "The body is empty.").found();
      }
      return json;
    } catch (CharacterCodingException e) {
      throw Problem.of(ProblemType.INVALID_UTF8, "The body must be JSON in UTF-8.").found();
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      var where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw Problem.of(ProblemType.MALFORMED_JSON, "", "The body is malformed JSON" + where + ".")
          .found();
    } catch (IOException e) {
      throw new UncheckedIOException("what is in memory cannot be read", e);
    }
  }

  /**
   * A small body, read whole. The stage fails if it is longer than {@code largest} bytes, or takes
   * more than ten seconds.
   */
  public static CompletionStage<InputStream> body(
      HttpRequest request, long largest, ActorSystem<?> system) {
    return Futures.sameThread(request.entity().toStrict(BODY_MILLIS, largest, system))
        .thenApply(entity -> new ByteArrayInputStream(entity.getData().toArray()));
  }

  /**
   * @throws Problem.Found if the headers say that the body is not JSON, or is encoded
   */
  public static void checkContent(HttpRequest request) {
    checkContent(request, isJson(request));
  }

  /**
   * The same for a body that changes members of what is there (RFC 7396).
   *
   * @throws Problem.Found if the headers say that the body is neither, or is encoded
   */
  public static void checkPatchContent(HttpRequest request) {
    checkContent(request, isJson(request) || hasType(request, "application/merge-patch+json"));
  }

  private static void checkContent(HttpRequest request, boolean isJson) {
    if (!isJson) {
      throw Problem.of(
              ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send JSON, as Content-Type: application/json.")
          .found();
    }
    if (request.getHeader("Content-Encoding").isPresent()) {
      throw Problem.of(
              ProblemType.UNSUPPORTED_CONTENT_ENCODING, "Send the body without content encoding.")
          .found();
    }
  }

  /** Many clients send a semicolon without a parameter, which is no media type to the server. */
  private static boolean isJson(HttpRequest request) {
    return request.entity().getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON)
        || RequestHeaders.named(request, "Content-Type").stream()
            .anyMatch(value -> isType(value.replaceFirst("[;\\s]+$", ""), "application/json"));
  }

  private static boolean hasType(HttpRequest request, String type) {
    return isType(request.entity().getContentType().toString(), type);
  }

  private static boolean isType(String text, String type) {
    try {
      return ContentTypes.parse(text).mediaType().toString().equals(type);
    } catch (NoSuchElementException e) {
      return false;
    }
  }
}
