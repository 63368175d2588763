CREATE TABLE "profile_owners" (
	"profile_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	CONSTRAINT "profile_owners_profile_id_person_id_pk" PRIMARY KEY("profile_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "user_groups" (
	"id" text PRIMARY KEY NOT NULL,
	"handle" text NOT NULL,
	"name" text NOT NULL,
	"member_ids" integer[] NOT NULL,
	"read_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "policy_rules" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "policy_rules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"kind" text DEFAULT 'grant' NOT NULL,
	"position" integer NOT NULL,
	"condition" jsonb NOT NULL,
	"policy_id" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "policy_id" integer;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "emergency_policy_id" integer;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "revoke_policy_id" integer;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "entitlements" ADD COLUMN "revoke_policy_id" integer;--> statement-breakpoint
ALTER TABLE "entitlements" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD COLUMN "description" text;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD COLUMN "rule" jsonb;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD COLUMN "excluded_ids" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD COLUMN "held_removals" integer[];--> statement-breakpoint
ALTER TABLE "access_profiles" ADD COLUMN "leaving" text DEFAULT 'revoke_unjustified' NOT NULL;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD COLUMN "longest_days" integer;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "source" text DEFAULT 'hand' NOT NULL;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "ends_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "slack_identities" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "slack_identities" ADD COLUMN "email_changed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "built_in" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "profile_owners" ADD CONSTRAINT "profile_owners_profile_id_access_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."access_profiles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile_owners" ADD CONSTRAINT "profile_owners_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_rules" ADD CONSTRAINT "policy_rules_policy_id_policies_id_fk" FOREIGN KEY ("policy_id") REFERENCES "public"."policies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "policy_rules_policy_idx" ON "policy_rules" USING btree ("policy_id");