/**
 * JSON Web Tokens: issuers with their keys, the checks of a token, and the caller that its claims
 * stand for. Keys that this project gives out, and routes, do not belong here.
 */
package dev.retriever.cluster.security.jwt;
