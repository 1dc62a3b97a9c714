/**
 * Checks of requests that need no credential: their host, the page that made a browser send them,
 * and the proxies that they came through. Checks of credentials do not belong here.
 */
package dev.retriever.cluster.security.requests;
