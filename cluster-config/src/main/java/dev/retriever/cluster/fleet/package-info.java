/**
 * The nodes of the cluster seen together: what each reports of itself, sums of it, and whether one
 * may be stopped. What one node measures for itself does not belong here, nor how pages show it.
 */
package dev.retriever.cluster.fleet;
