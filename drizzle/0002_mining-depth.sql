CREATE TABLE "mining_settings" (
	"id" integer PRIMARY KEY NOT NULL,
	"settings" jsonb NOT NULL,
	"changed_by" integer,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outliers" (
	"person_id" integer NOT NULL,
	"entitlement_id" integer NOT NULL,
	"cohort" jsonb NOT NULL,
	"people" integer NOT NULL,
	"holders" integer NOT NULL,
	"run_id" integer NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"decided_by" integer,
	"decided_at" timestamp with time zone,
	"reason" text,
	CONSTRAINT "outliers_person_id_entitlement_id_pk" PRIMARY KEY("person_id","entitlement_id")
);
--> statement-breakpoint
CREATE TABLE "suggestion_sightings" (
	"suggestion_id" integer NOT NULL,
	"run_id" integer NOT NULL,
	CONSTRAINT "suggestion_sightings_suggestion_id_run_id_pk" PRIMARY KEY("suggestion_id","run_id")
);
--> statement-breakpoint
ALTER TABLE "mining_runs" ADD COLUMN "answer" text;--> statement-breakpoint
ALTER TABLE "mining_runs" ADD COLUMN "suggestion_id" integer;--> statement-breakpoint
ALTER TABLE "suggestions" ADD COLUMN "kind" text DEFAULT 'cohort' NOT NULL;--> statement-breakpoint
ALTER TABLE "suggestions" ADD COLUMN "member_ids" integer[];--> statement-breakpoint
ALTER TABLE "mining_settings" ADD CONSTRAINT "mining_settings_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outliers" ADD CONSTRAINT "outliers_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outliers" ADD CONSTRAINT "outliers_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outliers" ADD CONSTRAINT "outliers_run_id_mining_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."mining_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outliers" ADD CONSTRAINT "outliers_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_sightings" ADD CONSTRAINT "suggestion_sightings_suggestion_id_suggestions_id_fk" FOREIGN KEY ("suggestion_id") REFERENCES "public"."suggestions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_sightings" ADD CONSTRAINT "suggestion_sightings_run_id_mining_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."mining_runs"("id") ON DELETE no action ON UPDATE no action;