package dev.retriever.executor.http;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ObjIntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what targets send without being asked, and says so in the log, once a minute at most: a
 * target decides how often it happens. Thread-safe.
 */
final class UnsolicitedBytes implements ObjIntConsumer<Channel> {
  private static final Logger log = LoggerFactory.getLogger(UnsolicitedBytes.class);
  private static final long SILENCE = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanos;
  private final LongAdder all = new LongAdder();
  private final AtomicLong speaksFrom;

  UnsolicitedBytes(LongSupplier nanos) {
    this.nanos = nanos;
    this.speaksFrom = new AtomicLong(nanos.getAsLong());
  }

  @Override
  public void accept(Channel from, int bytes) {
    all.add(bytes);
    var now = nanos.getAsLong();
    var due = speaksFrom.get();
    if (now - due >= 0 && speaksFrom.compareAndSet(due, now + SILENCE)) {
      log.warn(
          "{} sent {} bytes that belong to no request; the connection is closed and not used again."
              + " {} such bytes came so far, from all targets",
          from.remoteAddress(),
          bytes,
          all.sum());
    }
  }

  long sum() {
    return all.sum();
  }
}
