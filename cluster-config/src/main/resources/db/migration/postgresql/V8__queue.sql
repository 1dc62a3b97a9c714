-- The fetches that wait in queues: what each origin has waiting under one key and priority, as of its last
-- journal row. Written in the transaction of that row. There is room on each page for the next version of
-- a row, and no further index, so that an update touches one page.
CREATE TABLE "queue_line" (
  "queue" VARCHAR(255) NOT NULL,
  "persistence_id" VARCHAR(255) NOT NULL,
  "key" VARCHAR(255) NOT NULL,
  "priority" INTEGER NOT NULL,
  "tenant" VARCHAR(32) NOT NULL,
  "waiting" INTEGER NOT NULL,
  "ready" INTEGER NOT NULL,
  "oldest" BIGINT NOT NULL,
  "ready_at" BIGINT NOT NULL,
  "later_at" BIGINT,
  "deadline" BIGINT NOT NULL,
  "sequence_number" BIGINT NOT NULL,
  PRIMARY KEY ("queue", "persistence_id", "key", "priority")
) WITH (fillfactor = 70);

-- The attempts of queues with a limit. The primary key lets only one attempt have a slot: no writer can
-- begin a second one, however late its write comes. Written with the journal row that begins the attempt,
-- and deleted with the one that ends it. An attempt that was given up lingers, since it may still run.
CREATE TABLE "queue_slot" (
  "queue" VARCHAR(255) NOT NULL,
  "slot" INTEGER NOT NULL,
  "grant_no" BIGINT NOT NULL,
  "persistence_id" VARCHAR(255) NOT NULL,
  "fetch_id" VARCHAR(255) NOT NULL,
  "attempt" INTEGER NOT NULL,
  "key" VARCHAR(255) NOT NULL,
  "time_up" BIGINT NOT NULL,
  "lingers" BOOLEAN NOT NULL,
  "probe" BOOLEAN NOT NULL,
  "strict" BOOLEAN NOT NULL,
  PRIMARY KEY ("queue", "slot")
);

-- The keys of strict queues that a fetch holds, from its first attempt to its settlement.
CREATE TABLE "queue_key" (
  "queue" VARCHAR(255) NOT NULL,
  "key" VARCHAR(300) NOT NULL,
  "persistence_id" VARCHAR(255) NOT NULL,
  "fetch_id" VARCHAR(255) NOT NULL,
  PRIMARY KEY ("queue", "key")
);

-- No attempt begins with a grant whose number is the floor or below. The epoch is the incarnation of the
-- queue that may raise the floor. A row is never deleted.
CREATE TABLE "queue_fence" (
  "queue" VARCHAR(263) NOT NULL PRIMARY KEY,
  "floor" BIGINT NOT NULL,
  "epoch" BIGINT NOT NULL
);

-- What all nodes know of queues. Settings are written with the journal row of the queue that changes
-- them. The gate says which new fetches are refused; none are where it is missing.
CREATE TABLE "queue" (
  "name" VARCHAR(255) NOT NULL PRIMARY KEY,
  "version" BIGINT NOT NULL,
  "settings" VARCHAR,
  "gate" VARCHAR
);
