package dev.retriever.executor.trace;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * The ids in the traces of one fetch, derived from what names it and from the time of its
 * acceptance: its id may be used again after its retention. So every node gives the same span the
 * same id: the one that sent it to the target, and the one that tells later that it was lost. Pure.
 * They are told to targets, so their computation must not change.
 */
public final class TraceIds {
  private static final int TRACE_BYTES = 16;
  private static final int SPAN_BYTES = 8;

  private final String originType;
  private final String originId;
  private final String fetchId;
  private final Instant acceptedAt;

  /** One digest has the three ids that every fetch needs; made when the first is asked for. */
  private byte[] common;

  /**
   * @param originId as it is journaled
   * @param acceptedAt whose milliseconds count: some stores keep no more
   */
  public TraceIds(String originType, String originId, String fetchId, Instant acceptedAt) {
    this.originType = originType;
    this.originId = originId;
    this.fetchId = fetchId;
    this.acceptedAt = acceptedAt;
  }

  /** Those of another fetch of the same origin. */
  public TraceIds of(String otherFetchId, Instant otherAcceptedAt) {
    return new TraceIds(originType, originId, otherFetchId, otherAcceptedAt);
  }

  /** Whether they are of that fetch of their origin. */
  public boolean areOf(String otherFetchId, Instant otherAcceptedAt) {
    return fetchId.equals(otherFetchId) && acceptedAt.equals(otherAcceptedAt);
  }

  /** When the fetch was accepted. */
  public Instant acceptedAt() {
    return acceptedAt;
  }

  /** The trace of a fetch that was submitted without one. */
  public String trace() {
    return hex(common(), 0, TRACE_BYTES);
  }

  /** The span of the acceptance. */
  public String accepted() {
    return hex(common(), TRACE_BYTES, SPAN_BYTES);
  }

  /** The span of the settlement. */
  public String settled() {
    return hex(common(), TRACE_BYTES + SPAN_BYTES, SPAN_BYTES);
  }

  /** The span of an attempt, whether its executor tells it or its origin. */
  public String attempt(int number) {
    return hex(digest("attempt " + number), 0, SPAN_BYTES);
  }

  /** The trace of an attempt that begins long after the submission. */
  public String laterTrace(int attempt) {
    return hex(digest("trace of attempt " + attempt), 0, TRACE_BYTES);
  }

  /** The trace of a settlement long after the submission, if no attempt has one. */
  public String laterTrace() {
    return hex(digest("trace of settlement"), 0, TRACE_BYTES);
  }

  /**
   * Whether a trace that was begun here is recorded.
   *
   * @param ratio of the traces that are, 0 to 1
   */
  public static boolean isRecorded(String traceId, double ratio) {
    var random =
        Long.parseUnsignedLong(traceId.substring(TRACE_BYTES * 2 - SPAN_BYTES * 2), 16) >>> 1;
    return ratio >= 1 || random < (long) (ratio * Long.MAX_VALUE);
  }

  private byte[] common() {
    if (common == null) {
      common = digest("trace");
    }
    return common;
  }

  /** No id may be 0; a digest that begins with so many zeros is not to be expected. */
  private static String hex(byte[] digest, int from, int bytes) {
    var id = HexFormat.of().formatHex(digest, from, from + bytes);
    for (var at = from; at < from + bytes; at++) {
      if (digest[at] != 0) {
        return id;
      }
    }
    return id.substring(1) + "1";
  }

  private byte[] digest(String what) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      var time = Long.toString(acceptedAt.toEpochMilli());
      for (var part : new String[] {originType, originId, fetchId, time, what}) {
        var bytes = part.getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        sha.update(bytes);
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
