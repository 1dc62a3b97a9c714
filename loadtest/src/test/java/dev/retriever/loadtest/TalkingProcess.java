package dev.retriever.loadtest;

import java.io.IOException;

/** Stands in for a node where only its output matters. */
public final class TalkingProcess {
  private TalkingProcess() {}

  public static void main(String[] args) throws IOException {
    System.out.println("a log line, data=" + System.getenv("RETRIEVER_DATA_DIR"));
    if (args[0].equals("broken")) {
      for (var i = 0; i < 100; i++) {
        System.out.println("line " + i);
      }
      System.err.println("no database");
      System.exit(1);
    }
    System.out.println(
        "retriever node ready api=http://127.0.0.1:1 management=http://127.0.0.1:2 remoting=127.0.0.1:3");
    // Lives until its parent kills it or is gone.
    if (System.in.read() < 0) {
      System.exit(0);
    }
  }
}
