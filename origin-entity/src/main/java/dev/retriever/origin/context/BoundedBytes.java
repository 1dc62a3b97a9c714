package dev.retriever.origin.context;

import java.io.ByteArrayOutputStream;

/** Bytes in memory, up to a limit. */
final class BoundedBytes extends ByteArrayOutputStream {
  private final int limit;

  BoundedBytes(int limit) {
    this.limit = limit;
  }

  @Override
  public void write(int b) {
    check(1);
    super.write(b);
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    check(length);
    super.write(bytes, from, length);
  }

  private void check(int more) {
    if (more > limit - count) {
      throw ContextFault.tooLong();
    }
  }
}
