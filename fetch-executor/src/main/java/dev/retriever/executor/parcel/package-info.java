/**
 * Messages between nodes that are too large for one hop: kept at the sender, pulled by the receiver
 * piece by piece. What is in a message is of no concern here.
 */
package dev.retriever.executor.parcel;
