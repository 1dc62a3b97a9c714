package dev.retriever.cli;

import dev.retriever.client.wire.ClientTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The time of a command as a clock. */
final class ClockOf extends Clock {
  private final ClientTime time;

  ClockOf(ClientTime time) {
    this.time = time;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }

  @Override
  public Instant instant() {
    return time.now();
  }
}
