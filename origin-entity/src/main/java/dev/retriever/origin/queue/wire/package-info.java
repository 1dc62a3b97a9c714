/**
 * The messages between origins, queues and nodes. Each may be lost, repeated or overtaken.
 *
 * <p>Only records, and the interfaces that send them. What follows from a message is decided
 * elsewhere.
 */
package dev.retriever.origin.queue.wire;
