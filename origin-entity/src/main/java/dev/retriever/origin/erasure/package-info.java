/**
 * Erases what settled fetches sent and got from rows that are written already. What is asked for is
 * decided in the core; how rows are rewritten belongs to the storage of the node.
 */
package dev.retriever.origin.erasure;
