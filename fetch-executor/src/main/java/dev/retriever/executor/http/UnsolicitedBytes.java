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
 * Counts bytes that targets send without a request. It logs a warning once a minute at most,
 * because targets could fill the log. Thread-safe.
 */
final class UnsolicitedBytes implements ObjIntConsumer<Channel> {
  private static final Logger log = LoggerFactory.getLogger(UnsolicitedBytes.class);
  private static final long LOG_INTERVAL = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanos;
  private final LongAdder all = new LongAdder();
  private final AtomicLong nextLog;

  UnsolicitedBytes(LongSupplier nanos) {
    this.nanos = nanos;
    this.nextLog = new AtomicLong(nanos.getAsLong());
  }

  @Override
  public void accept(Channel from, int bytes) {
    all.add(bytes);
    var now = nanos.getAsLong();
    var due = nextLog.get();
    if (now - due >= 0 && nextLog.compareAndSet(due, now + LOG_INTERVAL)) {
      log.warn(
          "{} sent {} bytes that belong to no request; the connection is closed. All targets together"
              + " have sent {} such bytes",
          from.remoteAddress(),
          bytes,
          all.sum());
    }
  }

  long sum() {
    return all.sum();
  }
}
