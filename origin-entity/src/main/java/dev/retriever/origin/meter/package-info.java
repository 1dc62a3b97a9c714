/**
 * What origins and queues tell a meter: counts, durations and figures, in the words of this
 * library.
 *
 * <p>Here is how a turn is read for them. How they are kept and shown is not known here, and
 * nothing is decided by them.
 */
package dev.retriever.origin.meter;
