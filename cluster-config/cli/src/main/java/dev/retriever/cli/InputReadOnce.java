package dev.retriever.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Standard input, which one reader reads to its end. A second one would get nothing, and take that
 * for an empty key or body, so it is refused. Used by one thread.
 */
final class InputReadOnce extends FilterInputStream {
  private boolean isTaken;

  InputReadOnce(InputStream in) {
    super(in);
  }

  @Override
  public byte[] readAllBytes() throws IOException {
    refuseSecond();
    isTaken = true;
    return in.readAllBytes();
  }

  @Override
  public int read() throws IOException {
    refuseSecond();
    return in.read();
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    refuseSecond();
    return in.read(bytes, from, length);
  }

  private void refuseSecond() {
    if (isTaken) {
      throw new Refused(
          "standard input can be read once, but two parts of the command read it",
          "Give a file in place of one - or @-, or --yes in place of an answer.",
          ExitCodes.WRONG_ARGUMENTS);
    }
  }
}
