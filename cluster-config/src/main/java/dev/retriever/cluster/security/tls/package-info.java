/**
 * TLS of the ports of a node: certificates from files, connections with and without TLS, and the
 * callers that client certificates stand for. Other credentials, the rights of callers, and TLS
 * between nodes do not belong here.
 */
package dev.retriever.cluster.security.tls;
