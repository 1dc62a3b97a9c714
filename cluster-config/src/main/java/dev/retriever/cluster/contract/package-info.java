/**
 * The contract of each port: its OpenAPI document, and the routes that serve it. What the document
 * describes does not belong here; it is in {@code api}, {@code outcomes} and {@code admin}.
 */
package dev.retriever.cluster.contract;
