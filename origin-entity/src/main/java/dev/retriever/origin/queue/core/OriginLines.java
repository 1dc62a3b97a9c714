package dev.retriever.origin.queue.core;

import java.util.Comparator;

/**
 * The lines of one key and priority, the oldest first. A search tree that knows of each part how
 * many fetches wait in it, and whether one of its lines may go. It keeps itself about balanced by
 * the numbers of its lines (a treap).
 */
final class OriginLines {
  private static final Comparator<LineState> ORDER =
      Comparator.comparing((LineState line) -> line.line.oldest())
          .thenComparing(line -> line.id.origin());

  private Node root;
  private int size;

  /** Adds a line that is not there. */
  void add(LineState line) {
    root = insert(root, new Node(line));
    size++;
  }

  /** Removes a line that is there, with the age that it had when it was added. */
  void remove(LineState line) {
    root = delete(root, line);
    size--;
  }

  /** The line may go now, or may not any more; or another number waits in it. */
  void changed(LineState line) {
    refresh(root, line);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whether a line may go. */
  boolean mayGo() {
    return root != null && root.anyMayGo;
  }

  /** The oldest line that may go; one does. */
  LineState first() {
    var node = root;
    while (true) {
      if (node.left != null && node.left.anyMayGo) {
        node = node.left;
      } else if (node.line.mayGo()) {
        return node.line;
      } else {
        node = node.right;
      }
    }
  }

  /** The oldest line; there is one. */
  LineState oldest() {
    var node = root;
    while (node.left != null) {
      node = node.left;
    }
    return node.line;
  }

  /** How many fetches wait in lines that are older. */
  long ahead(LineState line) {
    long ahead = 0;
    var node = root;
    while (node != null) {
      int order = ORDER.compare(line, node.line);
      if (order <= 0) {
        if (order == 0) {
          return ahead + waiting(node.left);
        }
        node = node.left;
      } else {
        ahead += waiting(node.left) + node.line.line.waiting();
        node = node.right;
      }
    }
    return ahead;
  }

  private static long waiting(Node node) {
    return node == null ? 0 : node.waiting;
  }

  private static Node insert(Node node, Node added) {
    if (node == null) {
      return added;
    }
    if (Long.compareUnsigned(added.height, node.height) > 0) {
      split(node, added);
      return added.sum();
    }
    if (ORDER.compare(added.line, node.line) < 0) {
      node.left = insert(node.left, added);
    } else {
      node.right = insert(node.right, added);
    }
    return node.sum();
  }

  /** Hangs what is older to the left of the added node, and the rest to its right. */
  private static void split(Node node, Node added) {
    var parts = splitAt(node, added.line);
    added.left = parts[0];
    added.right = parts[1];
  }

  private static Node[] splitAt(Node node, LineState at) {
    if (node == null) {
      return new Node[2];
    }
    if (ORDER.compare(node.line, at) < 0) {
      var parts = splitAt(node.right, at);
      node.right = parts[0];
      parts[0] = node.sum();
      return parts;
    }
    var parts = splitAt(node.left, at);
    node.left = parts[1];
    parts[1] = node.sum();
    return parts;
  }

  private static Node delete(Node node, LineState line) {
    int order = ORDER.compare(line, node.line);
    if (order == 0) {
      return join(node.left, node.right);
    }
    if (order < 0) {
      node.left = delete(node.left, line);
    } else {
      node.right = delete(node.right, line);
    }
    return node.sum();
  }

  private static Node join(Node older, Node newer) {
    if (older == null || newer == null) {
      return older == null ? newer : older;
    }
    if (Long.compareUnsigned(older.height, newer.height) > 0) {
      older.right = join(older.right, newer);
      return older.sum();
    }
    newer.left = join(older, newer.left);
    return newer.sum();
  }

  private static void refresh(Node node, LineState line) {
    int order = ORDER.compare(line, node.line);
    if (order != 0) {
      refresh(order < 0 ? node.left : node.right, line);
    }
    node.sum();
  }

  private static final class Node {
    final LineState line;
    final long height;
    Node left;
    Node right;
    long waiting;
    boolean anyMayGo;

    Node(LineState line) {
      this.line = line;
      height = scattered(line.number);
      sum();
    }

    Node sum() {
      waiting = OriginLines.waiting(left) + line.line.waiting() + OriginLines.waiting(right);
      anyMayGo =
          line.mayGo() || (left != null && left.anyMayGo) || (right != null && right.anyMayGo);
      return this;
    }

    /** Numbers that follow each other become numbers without order (the end of splitmix64). */
    private static long scattered(long number) {
      long z = (number + 1) * 0x9E3779B97F4A7C15L;
      z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
      z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
      return z ^ z >>> 31;
    }
  }
}
