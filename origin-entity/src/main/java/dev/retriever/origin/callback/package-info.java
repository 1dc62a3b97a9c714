/**
 * What a callback is, and what an endpoint of callbacks is: values that are journaled, and pure
 * functions of them. Decisions about callbacks are in {@code origin.core}, and actors and tables of
 * endpoints are not here either.
 */
package dev.retriever.origin.callback;
