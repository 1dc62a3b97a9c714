/**
 * Quotas of tenants: fetches pending, submissions a second, and bytes stored. The names, targets
 * and states of tenants do not belong here.
 */
package dev.retriever.cluster.tenants.quota;
