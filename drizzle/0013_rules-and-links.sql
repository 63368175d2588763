CREATE TABLE "action_links" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "action_links_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"token_hash" text NOT NULL,
	"person_id" integer NOT NULL,
	"page" text NOT NULL,
	"task_id" integer,
	"step_id" integer,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "action_links_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "notification_preferences" (
	"person_id" integer PRIMARY KEY NOT NULL,
	"channel" text,
	"summary" text,
	"work_from_hour" smallint,
	"work_until_hour" smallint,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notification_settings" (
	"id" integer PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"summary" text NOT NULL,
	"locked" boolean DEFAULT false NOT NULL,
	"changed_by" integer,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mining_rules" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "mining_rules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text,
	"entity_type" text NOT NULL,
	"policy_id" integer NOT NULL,
	"rule_policy_id" integer NOT NULL,
	"category" text,
	"include_no_validation" boolean DEFAULT true NOT NULL,
	"include_simple_validation" boolean DEFAULT true NOT NULL,
	"include_double_validation" boolean DEFAULT true NOT NULL,
	"include_triple_validation" boolean DEFAULT true NOT NULL,
	"exclude_role" boolean DEFAULT false NOT NULL,
	"precision_min_percent" double precision DEFAULT 100 NOT NULL,
	"false_positive_max_percent" double precision DEFAULT 0 NOT NULL,
	"criterion" text DEFAULT 'precision' NOT NULL,
	"rule_type" text NOT NULL,
	"priority" integer DEFAULT 0 NOT NULL,
	"min_identities" integer DEFAULT 5 NOT NULL,
	"max_criteria" integer DEFAULT 3 NOT NULL,
	"max_new_grants" integer,
	"statistical_guard" boolean DEFAULT false NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_by" integer,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rule_policies" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rule_policies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"grace_days" integer DEFAULT 14 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "simulated_rules" (
	"simulation_id" integer NOT NULL,
	"position" integer NOT NULL,
	"change" text NOT NULL,
	"single_role_rule_id" integer,
	"mining_rule_id" integer,
	"entitlement_id" integer NOT NULL,
	"criteria" jsonb NOT NULL,
	"rule_type" text NOT NULL,
	"figures" jsonb NOT NULL,
	"set_figures" jsonb NOT NULL,
	CONSTRAINT "simulated_rules_simulation_id_position_pk" PRIMARY KEY("simulation_id","position")
);
--> statement-breakpoint
CREATE TABLE "simulations" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "simulations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"rule_policy_id" integer NOT NULL,
	"state" text NOT NULL,
	"requested_by" integer,
	"sync_run_id" integer,
	"figures" jsonb,
	"error" text,
	"queued_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"decided_by" integer,
	"decided_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "single_role_rules" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "single_role_rules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"rule_policy_id" integer NOT NULL,
	"origin" text NOT NULL,
	"mining_rule_id" integer,
	"entitlement_id" integer NOT NULL,
	"criteria" jsonb NOT NULL,
	"rule_type" text NOT NULL,
	"priority" integer DEFAULT 0 NOT NULL,
	"figures" jsonb,
	"held_grant_ids" integer[],
	"version" integer DEFAULT 1 NOT NULL,
	"created_by" integer,
	"applied_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "rule_id" integer;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "rule_lost_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "message_copies" ADD COLUMN "mail_id" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "rule_id" integer;--> statement-breakpoint
ALTER TABLE "action_links" ADD CONSTRAINT "action_links_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_preferences" ADD CONSTRAINT "notification_preferences_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_rules" ADD CONSTRAINT "mining_rules_policy_id_rule_policies_id_fk" FOREIGN KEY ("policy_id") REFERENCES "public"."rule_policies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_rules" ADD CONSTRAINT "mining_rules_rule_policy_id_rule_policies_id_fk" FOREIGN KEY ("rule_policy_id") REFERENCES "public"."rule_policies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_rules" ADD CONSTRAINT "mining_rules_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "simulated_rules" ADD CONSTRAINT "simulated_rules_simulation_id_simulations_id_fk" FOREIGN KEY ("simulation_id") REFERENCES "public"."simulations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "simulated_rules" ADD CONSTRAINT "simulated_rules_single_role_rule_id_single_role_rules_id_fk" FOREIGN KEY ("single_role_rule_id") REFERENCES "public"."single_role_rules"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "simulated_rules" ADD CONSTRAINT "simulated_rules_mining_rule_id_mining_rules_id_fk" FOREIGN KEY ("mining_rule_id") REFERENCES "public"."mining_rules"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "simulated_rules" ADD CONSTRAINT "simulated_rules_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "simulations" ADD CONSTRAINT "simulations_rule_policy_id_rule_policies_id_fk" FOREIGN KEY ("rule_policy_id") REFERENCES "public"."rule_policies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "simulations" ADD CONSTRAINT "simulations_requested_by_people_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "simulations" ADD CONSTRAINT "simulations_sync_run_id_sync_runs_id_fk" FOREIGN KEY ("sync_run_id") REFERENCES "public"."sync_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "simulations" ADD CONSTRAINT "simulations_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "single_role_rules" ADD CONSTRAINT "single_role_rules_rule_policy_id_rule_policies_id_fk" FOREIGN KEY ("rule_policy_id") REFERENCES "public"."rule_policies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "single_role_rules" ADD CONSTRAINT "single_role_rules_mining_rule_id_mining_rules_id_fk" FOREIGN KEY ("mining_rule_id") REFERENCES "public"."mining_rules"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "single_role_rules" ADD CONSTRAINT "single_role_rules_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "single_role_rules" ADD CONSTRAINT "single_role_rules_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "action_links_expires_idx" ON "action_links" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "mining_rules_rule_policy_idx" ON "mining_rules" USING btree ("rule_policy_id");--> statement-breakpoint
CREATE UNIQUE INDEX "rule_policies_name_key" ON "rule_policies" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "simulations_open_key" ON "simulations" USING btree ("rule_policy_id") WHERE state in ('queued', 'running', 'open');--> statement-breakpoint
CREATE INDEX "simulations_state_idx" ON "simulations" USING btree ("state");--> statement-breakpoint
CREATE INDEX "single_role_rules_policy_idx" ON "single_role_rules" USING btree ("rule_policy_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "single_role_rules_entitlement_idx" ON "single_role_rules" USING btree ("entitlement_id") WHERE ended_at is null;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_rule_id_single_role_rules_id_fk" FOREIGN KEY ("rule_id") REFERENCES "public"."single_role_rules"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "grants_rule_idx" ON "grants" USING btree ("rule_id") WHERE closed_at is null and rule_id is not null;