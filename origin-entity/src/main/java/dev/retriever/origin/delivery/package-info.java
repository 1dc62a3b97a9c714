/**
 * Completes the requests of callbacks when they are dispatched: their bodies, and what signs them.
 * What is decided about callbacks does not belong here, nor how they are sent.
 */
package dev.retriever.origin.delivery;
