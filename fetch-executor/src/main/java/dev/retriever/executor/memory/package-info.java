/**
 * The memory budget: how many bytes of bodies a node holds, for what, and who waits for room. It
 * counts bytes, and does not know what they are.
 */
package dev.retriever.executor.memory;
