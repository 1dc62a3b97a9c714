/**
 * The audit: what operators did and what was refused, in the database and in a file. Decisions on
 * who may do what do not belong here.
 */
package dev.retriever.cluster.security.audit;
