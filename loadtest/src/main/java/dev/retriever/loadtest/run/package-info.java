/**
 * The frame in which scenarios run: context, test bed and measured phases. The scenarios themselves
 * are in packages by subject.
 */
package dev.retriever.loadtest.run;
