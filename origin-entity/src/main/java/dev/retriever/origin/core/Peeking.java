package dev.retriever.origin.core;

import java.util.Iterator;

/** Goes through elements, and shows the next one before it is taken. Looks at none before asked. */
public final class Peeking<T> {
  private final Iterator<T> rest;
  private T head;

  public Peeking(Iterator<T> rest) {
    this.rest = rest;
  }

  /** The next element; null at the end. */
  public T peek() {
    if (head == null && rest.hasNext()) {
      head = rest.next();
    }
    return head;
  }

  /** Removes and returns the next element; null at the end. */
  public T take() {
    var taken = peek();
    head = null;
    return taken;
  }
}
