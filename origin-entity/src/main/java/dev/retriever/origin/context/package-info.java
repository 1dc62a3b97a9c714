/**
 * The contexts of continuations: which types are allowed, and how their values become bytes and
 * values again. What a continuation does with one does not belong here.
 */
package dev.retriever.origin.context;
