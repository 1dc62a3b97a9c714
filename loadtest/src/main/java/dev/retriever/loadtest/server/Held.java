package dev.retriever.loadtest.server;

import java.util.ArrayList;
import java.util.List;

/** The requests that are answered only when they are let go of. Thread-safe. */
final class Held {
  private List<Runnable> answers = new ArrayList<>();

  synchronized void hold(Runnable answer) {
    answers.add(answer);
  }

  /** Answers all that are held now. */
  void letGo() {
    List<Runnable> now;
    synchronized (this) {
      now = answers;
      answers = new ArrayList<>();
    }
    now.forEach(Runnable::run);
  }
}
