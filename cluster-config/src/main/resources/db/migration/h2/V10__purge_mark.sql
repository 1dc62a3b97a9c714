-- How far the purge has looked for origins that may be forgotten, in the order in which rows were written,
-- and when it began at the first row.
CREATE TABLE "purge_mark" (
  "name" VARCHAR(16) NOT NULL PRIMARY KEY,
  "ordering" BIGINT NOT NULL,
  "begun_at" BIGINT NOT NULL
);
