/**
 * What a caller's tenant may reach and use: its origins under the ids that it knows, and its hosts,
 * secrets and pools. How callers prove their tenant belongs into {@code security}, and routes into
 * the packages of their ports.
 */
package dev.retriever.cluster.tenants;
