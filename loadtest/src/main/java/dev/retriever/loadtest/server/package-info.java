/**
 * The target server that scenarios call: it misbehaves on request, and counts what it received.
 * Clients and judgements of the counts do not belong here.
 */
package dev.retriever.loadtest.server;
