/**
 * The pages for browsers at the management port: which files there are, and how they are served.
 * What the pages show does not belong here; they ask for it by the API, like every other client.
 */
package dev.retriever.cluster.dashboard;
