/**
 * Files that a node writes line by line, and that are begun anew at a size. What is in their lines
 * does not belong here.
 */
package dev.retriever.cluster.files;
