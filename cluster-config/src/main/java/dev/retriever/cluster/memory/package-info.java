/**
 * Requests and answers as far as they count in the memory budget: what is let in, and what waits
 * until a reader has taken it. What those bytes mean does not belong here.
 */
package dev.retriever.cluster.memory;
