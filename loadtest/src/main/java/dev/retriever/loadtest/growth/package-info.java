/**
 * What the database keeps of origins that are over. No load: rows are copied, and given the age
 * that they would have.
 */
package dev.retriever.loadtest.growth;
