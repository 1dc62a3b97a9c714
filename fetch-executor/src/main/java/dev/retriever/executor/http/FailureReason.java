package dev.retriever.executor.http;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.asynchttpclient.exception.ChannelClosedException;
import org.asynchttpclient.exception.RemotelyClosedException;

/**
 * The reasons in the reports of a transport. They are stable words, for counting and matching. They
 * show no address and no exception text, because submitters of fetches read them.
 */
final class FailureReason {
  static final String CERTIFICATE_REFUSED = "certificate-refused";
  static final String CONNECTION_CLOSED = "connection-closed";
  static final String EGRESS_DENIED = "egress-denied";
  static final String IO_ERROR = "io-error";
  static final String MALFORMED_RESPONSE = "malformed-response";
  static final String RESOLVER_BUSY = Report.RESOLVER_BUSY;
  static final String RESPONSE_TOO_LARGE = "response-too-large";
  static final String SHUT_DOWN = "shut-down";
  static final String TLS_FAILED = "tls-failed";
  static final String TLS_TIMEOUT = "tls-timeout";
  static final String UNRESOLVABLE_HOST = "unresolvable-host";

  private static final int MAX_CAUSES = 16;

  private FailureReason() {}

  static String of(Stage stage, Throwable failure) {
    return switch (stage) {
      case QUEUED, EGRESS_DENIED, COMPLETE -> IO_ERROR;
      case RESOLVING -> caused(failure, UnknownHostException.class) ? UNRESOLVABLE_HOST : IO_ERROR;
      case CONNECTING -> connecting(failure);
      case TLS -> handshaking(failure);
      case SENT, HEADERS, BODY -> exchanging(failure);
    };
  }

  private static String connecting(Throwable failure) {
    if (caused(failure, ConnectTimeoutException.class)) {
      return "connect-timeout";
    }
    if (closed(failure)) {
      return CONNECTION_CLOSED; // a kept connection that the target has closed
    }
    if (caused(failure, UnknownHostException.class)) {
      return UNRESOLVABLE_HOST; // a second lookup, after a kept connection was useless
    }
    // The platform has the same exception for "refused" and "unreachable".
    var refused =
        causes(failure)
            .map(cause -> String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT))
            .anyMatch(message -> message.contains("refused"));
    return refused ? "connection-refused" : "connect-failed";
  }

  private static String handshaking(Throwable failure) {
    if (caused(failure, SslHandshakeTimeoutException.class)) {
      return TLS_TIMEOUT;
    }
    return caused(failure, CertificateException.class) ? CERTIFICATE_REFUSED : TLS_FAILED;
  }

  private static String exchanging(Throwable failure) {
    if (caused(failure, SSLException.class)) {
      return TLS_FAILED;
    }
    if (caused(failure, DecoderException.class)
        || caused(failure, IllegalArgumentException.class)) {
      return MALFORMED_RESPONSE;
    }
    // The exception for an end inside the head is no IOException.
    var closed =
        caused(failure, IOException.class)
            || caused(failure, PrematureChannelClosureException.class);
    return closed ? CONNECTION_CLOSED : IO_ERROR;
  }

  private static boolean closed(Throwable failure) {
    return caused(failure, RemotelyClosedException.class)
        || caused(failure, ChannelClosedException.class)
        || caused(failure, ClosedChannelException.class);
  }

  private static boolean caused(Throwable failure, Class<? extends Throwable> type) {
    return causes(failure).anyMatch(type::isInstance);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(MAX_CAUSES);
  }
}
