package dev.retriever.executor;

import dev.retriever.executor.InvalidRequest.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules for requests. They are checked before anything is persisted. */
public final class RequestRules {
  static final int MAX_URL = 8192;
  static final int MAX_HEADERS = 64;
  static final int MAX_HEADER_VALUE = 8192;
  static final int MAX_HEADERS_TOTAL = 32 * 1024;
  static final int MAX_HOST = 253;

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");

  /**
   * Blanks at the ends are not part of a value (RFC 9110, section 5.5), and the HTTP client refuses
   * them.
   */
  private static final Pattern FIELD_VALUE =
      Pattern.compile("(?:[\\x21-\\x7e](?:[\\x20-\\x7e\\t]*[\\x21-\\x7e])?)?");

  private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]+");
  private static final Pattern LEFT_IN_QUERIES = Pattern.compile("[|{}^`\"<>]");
  private static final Pattern DOTTED_QUAD =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern LABEL = Pattern.compile("\\w(?:[\\w-]{0,61}\\w)?");

  /** The platform's resolver reads a name with a last label such as 1, 0177 or 0x7f as a number. */
  public static final Pattern NUMERIC_LABEL = Pattern.compile("\\d+|0[xX][0-9A-Fa-f]*");

  /** Headers that frame the message, belong to one hop, or unlock a metadata service. */
  private static final Set<String> NOT_ALLOWED =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "metadata",
          "metadata-flavor",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-aws-ec2-metadata-token",
          "x-aws-ec2-metadata-token-ttl-seconds",
          "x-google-metadata-request");

  private RequestRules() {}

  /**
   * Escapes the characters of the query that RFC 3986 forbids but browsers send. Escaping does not
   * change the meaning of the URL.
   */
  static String escapedQuery(String url) {
    var query = url.indexOf('?');
    return query < 0
        ? url
        : url.substring(0, query)
            + LEFT_IN_QUERIES
                .matcher(url.substring(query))
                .replaceAll(it -> "%%%02X".formatted((int) it.group().charAt(0)));
  }

  static void checkUrl(String url) {
    if (url.isEmpty() || url.length() > MAX_URL || !PRINTABLE.matcher(url).matches()) {
      throw url("must be 1 to " + MAX_URL + " printable ASCII characters without spaces");
    }
    var uri = parse(url);
    if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
      throw url("must be absolute, with scheme http or https");
    }
    if (uri.getRawAuthority() == null || uri.getRawAuthority().isEmpty()) {
      throw url("must name a host");
    }
    if (uri.getRawAuthority().indexOf('@') >= 0) {
      throw url("must not hold user info; send credentials as a header");
    }
    if (uri.getRawFragment() != null) {
      throw url("must not have a fragment");
    }
    var authority = Authority.of(uri);
    if (authority.isEmpty() || uri.getRawAuthority().endsWith(":")) {
      throw url("must name a host, and a port from 1 to 65535 if any");
    }
    if (authority.get().port() == 0 || authority.get().port() > 65535) {
      throw url("must have a port from 1 to 65535");
    }
    checkHost(authority.get().host());
  }

  private static void checkHost(String host) {
    if (host.startsWith("[")) {
      if (host.indexOf('%') >= 0) {
        throw url("must not have an address with a zone");
      }
      return;
    }
    if (DOTTED_QUAD.matcher(host).matches()) {
      return;
    }
    var name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    var labels = name.split("\\.", -1);
    if (name.length() > MAX_HOST) {
      throw url("must have a host of at most " + MAX_HOST + " characters");
    }
    for (var label : labels) {
      if (!LABEL.matcher(label).matches()) {
        throw url("must have a host of labels of letters, digits, underscores and inner hyphens");
      }
    }
    if (NUMERIC_LABEL.matcher(labels[labels.length - 1]).matches()) {
      throw url("must write an IPv4 address as four plain decimal numbers");
    }
  }

  private static URI parse(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // The reason without the input: it may hold a secret.
      throw url("is malformed: " + e.getReason());
    }
  }

  static void checkHeaders(List<Header> headers) {
    if (headers.size() > MAX_HEADERS) {
      throw new InvalidRequest(
          Kind.HEADER, "/headers", "there must be at most " + MAX_HEADERS + " headers");
    }
    var total = 0;
    for (var header : headers) {
      checkHeader(header);
      total += header.name().length() + header.value().length();
    }
    if (total > MAX_HEADERS_TOTAL) {
      throw new InvalidRequest(
          Kind.HEADER,
          "/headers",
          "names and values together must be at most " + MAX_HEADERS_TOTAL + " characters");
    }
  }

  private static void checkHeader(Header header) {
    var pointer = "/headers/" + escaped(header.name());
    if (!TOKEN.matcher(header.name()).matches()) {
      throw new InvalidRequest(
          Kind.HEADER, pointer, "a header name must be a token of 1 to 128 ASCII characters");
    }
    if (NOT_ALLOWED.contains(header.name().toLowerCase(Locale.ROOT))) {
      throw new InvalidRequest(
          Kind.HEADER_NOT_ALLOWED,
          pointer,
          "the header " + header.name() + " is set by the executor or belongs to one hop");
    }
    checkValue(pointer, header);
  }

  static void checkBody(Body body) {
    if (body.size() > FetchRequest.MAX_BODY) {
      throw new InvalidRequest(
          Kind.BODY,
          "/body",
          "the body must be at most "
              + FetchRequest.MAX_BODY
              + " bytes; store it elsewhere and send a link");
    }
  }

  static void checkIdempotencyKey(String key) {
    if (key.isEmpty() || key.length() > 256 || !PRINTABLE.matcher(key).matches()) {
      throw new InvalidRequest(
          Kind.HEADER,
          "/idempotencyKey",
          "the key must be 1 to 256 printable ASCII characters without spaces");
    }
  }

  private static void checkValue(String pointer, Header header) {
    if (header.secret().filter(name -> !Header.isSecretName(name)).isPresent()) {
      throw new InvalidRequest(
          Kind.HEADER, pointer, "the name of a secret must be 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    // The prefix of a secret may end with a blank, as "Bearer " does.
    var value = header.secret().isPresent() ? header.value() + "x" : header.value();
    if (value.length() > MAX_HEADER_VALUE || !isFieldValue(value)) {
      throw new InvalidRequest(
          Kind.HEADER,
          pointer,
          "a header value must be at most "
              + MAX_HEADER_VALUE
              + " printable ASCII characters, with blanks only between them");
    }
  }

  /** Whether HTTP allows it as the value of a header (RFC 9110, section 5.5). */
  public static boolean isFieldValue(String value) {
    return FIELD_VALUE.matcher(value).matches();
  }

  /** Escapes a header name for a JSON pointer (RFC 6901). */
  static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static InvalidRequest url(String rule) {
    return new InvalidRequest(Kind.URL, "/url", "the url " + rule);
  }
}
