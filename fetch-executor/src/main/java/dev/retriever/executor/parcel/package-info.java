/**
 * Messages between nodes that are too large for one hop. The sender keeps them, and the receiver
 * pulls them piece by piece. The content of messages does not belong here.
 */
package dev.retriever.executor.parcel;
