/**
 * Origins as sharded, persistent actors: they receive, ask the core, persist, and do what follows.
 * Decisions do not belong here.
 */
package dev.retriever.origin.entity;
