/**
 * What a queue decides: which line goes next, and what holds it up. Time, random numbers and
 * numbers of grants are arguments, and all arithmetic is of integers.
 *
 * <p>No actor, clock, randomness, message to an origin or storage belongs here.
 */
package dev.retriever.origin.queue.core;
