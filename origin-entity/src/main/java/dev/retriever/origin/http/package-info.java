/**
 * What an origin reads in answers: dates, {@code Retry-After}, and where a redirect leads. Nothing
 * here sends or receives.
 */
package dev.retriever.origin.http;
