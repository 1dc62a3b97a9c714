/**
 * What a scenario is given to run on: its context, its processes and target, and measured phases.
 * The scenarios themselves are in packages by subject.
 */
package dev.retriever.loadtest.run;
