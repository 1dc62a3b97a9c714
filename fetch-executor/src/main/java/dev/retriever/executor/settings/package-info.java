/**
 * The settings of executors, and the reader and rules with which every module reads its own.
 * Nothing here reads them again after the start.
 */
package dev.retriever.executor.settings;
