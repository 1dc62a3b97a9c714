/**
 * The door: who calls, what the caller may do, and what is refused before any route runs. How a
 * kind of credential is checked belongs into a package below.
 */
package dev.retriever.cluster.security;
