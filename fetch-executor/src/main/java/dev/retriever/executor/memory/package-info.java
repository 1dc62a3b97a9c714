/**
 * The memory budget of a node: accounts of bytes, their limits, and queues for room. The content of
 * the bytes does not belong here.
 */
package dev.retriever.executor.memory;
