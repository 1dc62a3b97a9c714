/**
 * What callers and operators are shown of an origin: fetches, lists and pages. Views are made of
 * the state, and change nothing.
 */
package dev.retriever.origin.view;
