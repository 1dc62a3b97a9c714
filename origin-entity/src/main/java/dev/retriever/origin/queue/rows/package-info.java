/**
 * The rows of queues in the database: what is written together with journal rows, and what a queue
 * reads.
 *
 * <p>Only their form. Statements belong to the module that has the database.
 */
package dev.retriever.origin.queue.rows;
