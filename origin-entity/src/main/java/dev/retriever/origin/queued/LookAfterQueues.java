package dev.retriever.origin.queued;

import org.apache.pekko.actor.NotInfluenceReceiveTimeout;

/** To an origin, from its timer: something may be to be told again, or a grant to be used. */
public record LookAfterQueues() implements NotInfluenceReceiveTimeout {}
