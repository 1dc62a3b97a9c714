/**
 * For services that receive callbacks: whether one is genuine. Endpoints are configured by {@link
 * dev.retriever.client.CallbackCalls}, not here.
 */
package dev.retriever.client.webhook;
