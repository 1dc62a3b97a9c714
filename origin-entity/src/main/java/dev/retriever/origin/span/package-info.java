/**
 * The trace of a fetch as it follows from what is journaled, and the spans that follow from a turn;
 * pure, but for what one origin does about them. How spans leave the node does not belong here.
 */
package dev.retriever.origin.span;
