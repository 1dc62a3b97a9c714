/**
 * The only code that opens connections to targets: the HTTP client, its connections, its codec and
 * its limits. Permits and deliveries of reports do not belong here; they are in {@code pool}.
 */
package dev.retriever.executor.http;
