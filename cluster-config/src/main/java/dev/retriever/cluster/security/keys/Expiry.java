package dev.retriever.cluster.security.keys;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** The time when a key expires, as it is written. */
public final class Expiry {
  private static final int DATE_LENGTH = 10;

  private Expiry() {}

  /**
   * Reads a date, which means its beginning in UTC, or a time with its offset.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Instant parse(String text) {
    try {
      return text.length() == DATE_LENGTH
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "expires must be a date such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z");
    }
  }
}
