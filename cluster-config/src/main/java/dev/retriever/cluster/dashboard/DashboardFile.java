package dev.retriever.cluster.dashboard;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.ResponseEntity;
import org.apache.pekko.util.ByteString;

/**
 * A file of the dashboard. Immutable.
 *
 * @param tag stands for its content
 */
record DashboardFile(ByteString content, ContentType type, String tag) {
  private static final int TAG_LENGTH = 32;

  /** RFC 9239. */
  private static final ContentType JAVASCRIPT =
      ContentTypes.create(
          MediaTypes.customWithOpenCharset("text", "javascript", Map.of(), false),
          HttpCharsets.UTF_8);

  /** By the ends of names. A file of another type is not served. */
  private static final Map<String, ContentType> TYPES =
      Map.of(
          ".html",
          ContentTypes.TEXT_HTML_UTF8,
          ".js",
          JAVASCRIPT,
          ".css",
          MediaTypes.TEXT_CSS.toContentType(HttpCharsets.UTF_8),
          ".json",
          ContentTypes.APPLICATION_JSON,
          ".svg",
          MediaTypes.IMAGE_SVG_XML.toContentType(),
          ".png",
          MediaTypes.IMAGE_PNG.toContentType(),
          ".txt",
          ContentTypes.TEXT_PLAIN_UTF8);

  static Optional<ContentType> type(String name) {
    var end = name.lastIndexOf('.');
    return end < 0 ? Optional.empty() : Optional.ofNullable(TYPES.get(name.substring(end)));
  }

  static DashboardFile of(ContentType type, byte[] content) {
    return new DashboardFile(ByteString.fromArray(content), type, tag(type, content));
  }

  ResponseEntity entity() {
    return HttpEntities.create(type, content);
  }

  private static String tag(ContentType type, byte[] content) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(type.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(content)).substring(0, TAG_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
