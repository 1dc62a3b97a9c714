/**
 * The queue's side of the protocol: its events and state, its actor, what every node knows of all
 * queues, and the operators' door.
 *
 * <p>Which fetch goes next is decided in {@code queue.core}; statements belong to the module that
 * has the database.
 */
package dev.retriever.origin.queue.entity;
