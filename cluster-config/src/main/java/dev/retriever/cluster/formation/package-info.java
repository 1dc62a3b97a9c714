/**
 * How nodes become one cluster: how they find each other, encrypt what they send, and see that they
 * share a database. What a node does once it is a member does not belong here.
 */
package dev.retriever.cluster.formation;
