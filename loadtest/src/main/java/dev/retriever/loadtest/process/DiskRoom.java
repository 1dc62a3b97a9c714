package dev.retriever.loadtest.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks whether there is room for databases and logs before a run fails half-way for want of it.
 */
public final class DiskRoom {
  private static final long QUICK_MB = 500;
  private static final long MB = 4_000;

  private DiskRoom() {}

  /**
   * Checks the temporary directory, where runs put all they write.
   *
   * @throws IOException if there is not enough; the message says what to do
   */
  public static void check(boolean quick) throws IOException {
    var directory = Path.of(System.getProperty("java.io.tmpdir"));
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          "the directory for databases and logs of runs, %s, is not there: make it, or choose another"
                  .formatted(directory)
              + " one: RETRIEVER_JAVA_OPTS=-Djava.io.tmpdir=DIRECTORY");
    }
    var free = Files.getFileStore(directory).getUsableSpace() / 1_000_000;
    check(directory, free, quick ? QUICK_MB : MB);
  }

  static void check(Path directory, long freeMb, long neededMb) throws IOException {
    if (freeMb < neededMb) {
      throw new IOException(
          ("only %d MB are free in %s, where databases and logs of runs are; %d MB are needed. Delete"
                  + " something there, or choose another directory:"
                  + " RETRIEVER_JAVA_OPTS=-Djava.io.tmpdir=DIRECTORY")
              .formatted(freeMb, directory, neededMb));
    }
  }
}
