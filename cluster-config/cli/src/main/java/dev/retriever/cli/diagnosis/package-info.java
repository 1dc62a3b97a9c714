/** Judges what nodes tell of themselves. Each judgement is a function of what it is given. */
package dev.retriever.cli.diagnosis;
