/**
 * The labels of a fetch: which are allowed, and how one is written as a text. Nothing here knows
 * what a fetch is.
 */
package dev.retriever.origin.labels;
