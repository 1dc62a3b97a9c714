-- Which database this is. Nodes that store in different ones must not form a cluster: each origin
-- would have a journal in either.
CREATE TABLE "database_identity" (
  "id" VARCHAR(36) NOT NULL PRIMARY KEY
);

INSERT INTO "database_identity" ("id") VALUES (CAST(gen_random_uuid() AS VARCHAR(36)));
