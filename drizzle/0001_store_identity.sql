CREATE TABLE "store_identity" (
	"id" integer PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"team_id" text,
	"team_name" text,
	"claimed_at" timestamp with time zone NOT NULL
);
