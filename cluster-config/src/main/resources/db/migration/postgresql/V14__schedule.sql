-- What each schedule is found by. Written in the transaction of the journal rows that it follows from. State
-- 0 is active, 1 paused, 2 ended; 3 is removed, and is deleted in the same transaction. The next tick is in
-- milliseconds. The rule is a cron expression if there is a zone, and else a period.
CREATE TABLE "schedule" (
  "persistence_id" VARCHAR(255) COLLATE "C" NOT NULL,
  "schedule_id" VARCHAR(64) COLLATE "C" NOT NULL,
  "generation" BIGINT NOT NULL,
  "state" SMALLINT NOT NULL,
  "next_at" BIGINT,
  "rule" VARCHAR(255) NOT NULL,
  "zone" VARCHAR(255),
  "method" VARCHAR(16) NOT NULL,
  "host" VARCHAR(255) NOT NULL,
  PRIMARY KEY ("persistence_id", "schedule_id")
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX "schedule_next" ON "schedule" ("next_at", "persistence_id", "schedule_id")
  WHERE "state" = 0;
