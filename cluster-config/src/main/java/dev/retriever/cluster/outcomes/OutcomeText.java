package dev.retriever.cluster.outcomes;

import dev.retriever.cluster.memory.OutcomeMemory;

/**
 * An outcome as JSON, in one line. Subscribers share it.
 *
 * @param memory the bytes that one subscriber takes to send it; computed once, as that reads all of
 *     the text
 */
record OutcomeText(String json, long memory) {
  OutcomeText(String json) {
    this(json, OutcomeMemory.of(json));
  }

  int length() {
    return json.length();
  }
}
