/**
 * Spans as plain facts, those of attempts, and the interface that takes them. How spans leave the
 * node does not belong here, and neither do the ids and contexts that they are placed by.
 */
package dev.retriever.executor.span;
