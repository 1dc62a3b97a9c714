-- The nodes that may write to the journal. Each write looks for the row of its node. A node that was removed
-- from the cluster, or that was paused for long, has none, and it never gets one again.
CREATE TABLE "journal_writer" (
  "id" VARCHAR(255) NOT NULL PRIMARY KEY,
  "seen_at" BIGINT NOT NULL
);
