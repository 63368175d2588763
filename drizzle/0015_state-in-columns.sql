CREATE TABLE "profile_notices" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "profile_notices_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"profile_id" integer NOT NULL,
	"kind" text NOT NULL,
	"held_count" integer,
	"ended_at" timestamp with time zone,
	"leaving" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "role_changes" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "role_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"person_id" integer NOT NULL,
	"roles_before" text[] NOT NULL,
	"roles_after" text[] NOT NULL,
	"changed_by" integer,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "slack_changes" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "slack_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"person_id" integer NOT NULL,
	"kind" text NOT NULL,
	"email" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "slack_directory" (
	"id" integer PRIMARY KEY NOT NULL,
	"twins" jsonb NOT NULL,
	"read_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "held_imports" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "held_imports_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"connector" text NOT NULL,
	"state" text NOT NULL,
	"people_before" integer NOT NULL,
	"people_closing" integer NOT NULL,
	"grants_before" integer NOT NULL,
	"grants_closing" integer NOT NULL,
	"held_at" timestamp with time zone NOT NULL,
	"released_by" integer,
	"released_at" timestamp with time zone,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "sync_failures" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync_failures_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"connector" text NOT NULL,
	"error" text NOT NULL,
	"fingerprint" text NOT NULL,
	"failed_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "stay_audited_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD COLUMN "rule_saved_by" integer;--> statement-breakpoint
ALTER TABLE "mining_runs" ADD COLUMN "canceled_by" integer;--> statement-breakpoint
ALTER TABLE "single_role_rules" ADD COLUMN "held_decision" text;--> statement-breakpoint
ALTER TABLE "single_role_rules" ADD COLUMN "held_decided_by" integer;--> statement-breakpoint
ALTER TABLE "single_role_rules" ADD COLUMN "held_decided_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "profile_notices" ADD CONSTRAINT "profile_notices_profile_id_access_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."access_profiles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_changes" ADD CONSTRAINT "role_changes_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_changes" ADD CONSTRAINT "role_changes_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slack_changes" ADD CONSTRAINT "slack_changes_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "held_imports" ADD CONSTRAINT "held_imports_released_by_people_id_fk" FOREIGN KEY ("released_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "role_changes_person_idx" ON "role_changes" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "held_imports_waiting_key" ON "held_imports" USING btree ("connector") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "held_imports_connector_idx" ON "held_imports" USING btree ("connector","state");--> statement-breakpoint
CREATE UNIQUE INDEX "sync_failures_open_key" ON "sync_failures" USING btree ("connector") WHERE ended_at is null;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD CONSTRAINT "access_profiles_rule_saved_by_people_id_fk" FOREIGN KEY ("rule_saved_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_runs" ADD CONSTRAINT "mining_runs_canceled_by_people_id_fk" FOREIGN KEY ("canceled_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "single_role_rules" ADD CONSTRAINT "single_role_rules_held_decided_by_people_id_fk" FOREIGN KEY ("held_decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;