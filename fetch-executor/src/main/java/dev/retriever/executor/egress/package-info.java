/**
 * The policy for targets: addresses, hosts and ports. Only decisions belong here; lookups and
 * connections are in {@code http}.
 */
package dev.retriever.executor.egress;
