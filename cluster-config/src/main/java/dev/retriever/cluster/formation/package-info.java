/**
 * How nodes become one cluster: how they find each other, encrypt what they send, and see that they
 * share a database; and what a node closes last when it leaves. What it does while it is a member
 * does not belong here.
 */
package dev.retriever.cluster.formation;
