/**
 * API keys: their form, where they are kept, and how a request is checked against them. SQL and
 * routes do not belong here.
 */
package dev.retriever.cluster.security.keys;
