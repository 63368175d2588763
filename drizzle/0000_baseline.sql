CREATE TABLE "application_owners" (
	"application_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	"kind" text NOT NULL,
	CONSTRAINT "application_owners_application_id_person_id_kind_pk" PRIMARY KEY("application_id","person_id","kind")
);
--> statement-breakpoint
CREATE TABLE "applications" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "applications_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"instructions" text,
	"policy_id" integer,
	"emergency_policy_id" integer,
	"revoke_policy_id" integer,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "entitlement_owners" (
	"entitlement_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	CONSTRAINT "entitlement_owners_entitlement_id_person_id_pk" PRIMARY KEY("entitlement_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "entitlements" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "entitlements_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"application_id" integer NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"category" text,
	"risk" text,
	"requestable" boolean DEFAULT true NOT NULL,
	"mined" boolean DEFAULT true NOT NULL,
	"policy_id" integer,
	"emergency_policy_id" integer,
	"revoke_policy_id" integer,
	"version" integer DEFAULT 1 NOT NULL,
	"emergency_allowed" boolean DEFAULT false NOT NULL,
	"max_grant_days" integer,
	"connector" text,
	"closed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "grants_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"person_id" integer NOT NULL,
	"entitlement_id" integer NOT NULL,
	"source" text NOT NULL,
	"connector" text,
	"task_id" integer,
	"profile_id" integer,
	"rule_id" integer,
	"grace_started_at" timestamp with time zone,
	"granted_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"first_seen_at" timestamp with time zone NOT NULL,
	"verified_at" timestamp with time zone,
	"deprovision_task_id" integer,
	"deprovisioned_at" timestamp with time zone,
	"expiry_notified_at" timestamp with time zone,
	"revocation_failed_at" timestamp with time zone,
	"missed_syncs" integer DEFAULT 0 NOT NULL,
	"last_sync_run_id" integer,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "matrix_changes" (
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"person_id" integer NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync_runs" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"connector" text NOT NULL,
	"counts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
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
CREATE TABLE "audit_log" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"actor_id" integer,
	"via" text NOT NULL,
	"verb" text NOT NULL,
	"subject" text NOT NULL,
	"before" jsonb,
	"after" jsonb
);
--> statement-breakpoint
CREATE TABLE "digest_items" (
	"digest_id" integer NOT NULL,
	"kind" text NOT NULL,
	"subject_id" integer NOT NULL,
	CONSTRAINT "digest_items_digest_id_kind_subject_id_pk" PRIMARY KEY("digest_id","kind","subject_id")
);
--> statement-breakpoint
CREATE TABLE "digests" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "digests_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"person_id" integer NOT NULL,
	"kind" text NOT NULL,
	"asked_by" integer,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "message_copies" (
	"recipient_id" integer NOT NULL,
	"kind" text NOT NULL,
	"subject_id" integer NOT NULL,
	"surface" text NOT NULL,
	"channel_id" text,
	"ts" text,
	"content_hash" text,
	"mail_id" text,
	"sent_at" timestamp with time zone NOT NULL,
	"redrawn_at" timestamp with time zone,
	CONSTRAINT "message_copies_recipient_id_kind_subject_id_surface_pk" PRIMARY KEY("recipient_id","kind","subject_id","surface")
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
CREATE TABLE "outbox" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"recipient_id" integer NOT NULL,
	"kind" text NOT NULL,
	"subject_id" integer NOT NULL,
	"priority" smallint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"available_at" timestamp with time zone NOT NULL,
	"claimed_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"delivered_at" timestamp with time zone,
	"delivered_via" text,
	"waiting_for" text,
	"failed_at" timestamp with time zone,
	"mail_failure" text,
	"failed_address" text,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "slack_receipts" (
	"key" text PRIMARY KEY NOT NULL,
	"received_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "access_profiles" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "access_profiles_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"cohort" jsonb,
	"suggestion_id" integer,
	"created_by" integer,
	"created_at" timestamp with time zone NOT NULL,
	"description" text,
	"rule" jsonb,
	"rule_saved_by" integer,
	"excluded_ids" integer[] DEFAULT '{}' NOT NULL,
	"pending_removal_ids" integer[],
	"leaving" text DEFAULT 'revoke_unjustified' NOT NULL,
	"max_membership_days" integer,
	"archived_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "access_profiles_nameKey_unique" UNIQUE("name_key")
);
--> statement-breakpoint
CREATE TABLE "enrollments" (
	"profile_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	"enrolled_by" integer,
	"enrolled_at" timestamp with time zone NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"source" text DEFAULT 'hand' NOT NULL,
	"ends_at" timestamp with time zone,
	CONSTRAINT "enrollments_profile_id_person_id_pk" PRIMARY KEY("profile_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "mining_runs" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "mining_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"trigger" text NOT NULL,
	"state" text NOT NULL,
	"requested_by" integer,
	"cohort" jsonb,
	"people" integer,
	"entitlements" integer,
	"grants" integer,
	"explained_grants" integer,
	"new_suggestions" integer,
	"answer" text,
	"suggestion_id" integer,
	"error" text,
	"queued_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"canceled_by" integer
);
--> statement-breakpoint
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
CREATE TABLE "profile_entitlements" (
	"profile_id" integer NOT NULL,
	"entitlement_id" integer NOT NULL,
	CONSTRAINT "profile_entitlements_profile_id_entitlement_id_pk" PRIMARY KEY("profile_id","entitlement_id")
);
--> statement-breakpoint
CREATE TABLE "profile_notices" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "profile_notices_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"profile_id" integer NOT NULL,
	"kind" text NOT NULL,
	"removal_count" integer,
	"ended_at" timestamp with time zone,
	"leaving" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "profile_owners" (
	"profile_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	CONSTRAINT "profile_owners_profile_id_person_id_pk" PRIMARY KEY("profile_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "suggestion_entitlements" (
	"suggestion_id" integer NOT NULL,
	"entitlement_id" integer NOT NULL,
	"holders" integer NOT NULL,
	"confidence_percent" real NOT NULL,
	"lower_bound_percent" real NOT NULL,
	"lift" real NOT NULL,
	CONSTRAINT "suggestion_entitlements_suggestion_id_entitlement_id_pk" PRIMARY KEY("suggestion_id","entitlement_id")
);
--> statement-breakpoint
CREATE TABLE "suggestion_sightings" (
	"suggestion_id" integer NOT NULL,
	"run_id" integer NOT NULL,
	CONSTRAINT "suggestion_sightings_suggestion_id_run_id_pk" PRIMARY KEY("suggestion_id","run_id")
);
--> statement-breakpoint
CREATE TABLE "suggestions" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "suggestions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"fingerprint" text NOT NULL,
	"origin" text NOT NULL,
	"state" text NOT NULL,
	"kind" text DEFAULT 'cohort' NOT NULL,
	"cohort" jsonb NOT NULL,
	"member_ids" integer[],
	"people" integer NOT NULL,
	"people_with_all" integer NOT NULL,
	"gaining" integer NOT NULL,
	"explained_grants" integer NOT NULL,
	"score" real NOT NULL,
	"lower_bound_percent" real NOT NULL,
	"dismissed_lower_bound_percent" real,
	"first_run_id" integer,
	"last_run_id" integer,
	"seen_runs" integer DEFAULT 1 NOT NULL,
	"decided_by" integer,
	"decided_at" timestamp with time zone,
	"profile_id" integer,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "suggestions_fingerprint_unique" UNIQUE("fingerprint")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "people_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"connector" text NOT NULL,
	"external_id" text,
	"email" text,
	"name" text NOT NULL,
	"department" text,
	"job_title" text,
	"employment_status" text,
	"employment_type" text,
	"manager_ref" text,
	"manager_id" integer,
	"location" text,
	"attributes" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"last_sync_run_id" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "person_roles" (
	"person_id" integer NOT NULL,
	"role" text NOT NULL,
	"granted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "person_roles_person_id_role_pk" PRIMARY KEY("person_id","role")
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
	"shared_addresses" jsonb NOT NULL,
	"read_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "slack_identities" (
	"person_id" integer PRIMARY KEY NOT NULL,
	"team_id" text,
	"user_id" text,
	"channel_id" text,
	"state" text NOT NULL,
	"time_zone" text,
	"email" text,
	"email_changed_at" timestamp with time zone,
	"is_workspace_admin" boolean DEFAULT false NOT NULL,
	"home_opened_at" timestamp with time zone,
	"home_place" jsonb,
	"checked_at" timestamp with time zone DEFAULT now() NOT NULL
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
	"pending_removal_grant_ids" integer[],
	"removal_decision" text,
	"removal_decided_by" integer,
	"removal_decided_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_by" integer,
	"applied_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
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
CREATE TABLE "delegations" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "delegations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"person_id" integer NOT NULL,
	"delegate_id" integer NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone,
	"created_by" integer,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "policies" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "policies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"kind" text DEFAULT 'grant' NOT NULL,
	"is_default" boolean DEFAULT false NOT NULL,
	"built_in" boolean DEFAULT false NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
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
CREATE TABLE "policy_steps" (
	"policy_id" integer NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"approvers" text NOT NULL,
	"reassignable" boolean DEFAULT true NOT NULL,
	"options" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "policy_steps_policy_id_position_pk" PRIMARY KEY("policy_id","position")
);
--> statement-breakpoint
CREATE TABLE "step_assignees" (
	"step_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	"why" text NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"assigned_at" timestamp with time zone DEFAULT now() NOT NULL,
	"delegate_of" integer,
	"agreed_at" timestamp with time zone,
	"reassigned_to" integer,
	"reassigned_by" integer,
	"reassign_reason" text,
	CONSTRAINT "step_assignees_step_id_person_id_pk" PRIMARY KEY("step_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "task_comments" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "task_comments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"task_id" integer NOT NULL,
	"author_id" integer NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"channel_id" text,
	"ts" text
);
--> statement-breakpoint
CREATE TABLE "task_steps" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "task_steps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"task_id" integer NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"approvers" text NOT NULL,
	"reassignable" boolean NOT NULL,
	"options" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"note" text,
	"activated_at" timestamp with time zone,
	"escalated_at" timestamp with time zone,
	"decided_by" integer,
	"decided_via" text,
	"decided_at" timestamp with time zone,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tasks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1001 CACHE 1),
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"person_id" integer NOT NULL,
	"entitlement_id" integer NOT NULL,
	"requester_id" integer,
	"opened_by" integer,
	"profile_id" integer,
	"rule_id" integer,
	"reason" text,
	"cause" text DEFAULT 'asked' NOT NULL,
	"emergency" boolean DEFAULT false NOT NULL,
	"access_until" timestamp with time zone,
	"policy_name" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"closed_reason" text
);
--> statement-breakpoint
ALTER TABLE "application_owners" ADD CONSTRAINT "application_owners_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_owners" ADD CONSTRAINT "application_owners_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlement_owners" ADD CONSTRAINT "entitlement_owners_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlement_owners" ADD CONSTRAINT "entitlement_owners_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "action_links" ADD CONSTRAINT "action_links_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_actor_id_people_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "digest_items" ADD CONSTRAINT "digest_items_digest_id_digests_id_fk" FOREIGN KEY ("digest_id") REFERENCES "public"."digests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "digests" ADD CONSTRAINT "digests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "digests" ADD CONSTRAINT "digests_asked_by_people_id_fk" FOREIGN KEY ("asked_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_copies" ADD CONSTRAINT "message_copies_recipient_id_people_id_fk" FOREIGN KEY ("recipient_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_preferences" ADD CONSTRAINT "notification_preferences_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_recipient_id_people_id_fk" FOREIGN KEY ("recipient_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD CONSTRAINT "access_profiles_suggestion_id_suggestions_id_fk" FOREIGN KEY ("suggestion_id") REFERENCES "public"."suggestions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD CONSTRAINT "access_profiles_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_profiles" ADD CONSTRAINT "access_profiles_rule_saved_by_people_id_fk" FOREIGN KEY ("rule_saved_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_profile_id_access_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."access_profiles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_enrolled_by_people_id_fk" FOREIGN KEY ("enrolled_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_runs" ADD CONSTRAINT "mining_runs_requested_by_people_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_runs" ADD CONSTRAINT "mining_runs_canceled_by_people_id_fk" FOREIGN KEY ("canceled_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_settings" ADD CONSTRAINT "mining_settings_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outliers" ADD CONSTRAINT "outliers_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outliers" ADD CONSTRAINT "outliers_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outliers" ADD CONSTRAINT "outliers_run_id_mining_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."mining_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outliers" ADD CONSTRAINT "outliers_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile_entitlements" ADD CONSTRAINT "profile_entitlements_profile_id_access_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."access_profiles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile_entitlements" ADD CONSTRAINT "profile_entitlements_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile_notices" ADD CONSTRAINT "profile_notices_profile_id_access_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."access_profiles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile_owners" ADD CONSTRAINT "profile_owners_profile_id_access_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."access_profiles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile_owners" ADD CONSTRAINT "profile_owners_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_entitlements" ADD CONSTRAINT "suggestion_entitlements_suggestion_id_suggestions_id_fk" FOREIGN KEY ("suggestion_id") REFERENCES "public"."suggestions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_entitlements" ADD CONSTRAINT "suggestion_entitlements_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_sightings" ADD CONSTRAINT "suggestion_sightings_suggestion_id_suggestions_id_fk" FOREIGN KEY ("suggestion_id") REFERENCES "public"."suggestions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_sightings" ADD CONSTRAINT "suggestion_sightings_run_id_mining_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."mining_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestions" ADD CONSTRAINT "suggestions_first_run_id_mining_runs_id_fk" FOREIGN KEY ("first_run_id") REFERENCES "public"."mining_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestions" ADD CONSTRAINT "suggestions_last_run_id_mining_runs_id_fk" FOREIGN KEY ("last_run_id") REFERENCES "public"."mining_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestions" ADD CONSTRAINT "suggestions_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_roles" ADD CONSTRAINT "person_roles_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_changes" ADD CONSTRAINT "role_changes_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_changes" ADD CONSTRAINT "role_changes_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slack_changes" ADD CONSTRAINT "slack_changes_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slack_identities" ADD CONSTRAINT "slack_identities_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
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
ALTER TABLE "single_role_rules" ADD CONSTRAINT "single_role_rules_removal_decided_by_people_id_fk" FOREIGN KEY ("removal_decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "single_role_rules" ADD CONSTRAINT "single_role_rules_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "held_imports" ADD CONSTRAINT "held_imports_released_by_people_id_fk" FOREIGN KEY ("released_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delegations" ADD CONSTRAINT "delegations_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delegations" ADD CONSTRAINT "delegations_delegate_id_people_id_fk" FOREIGN KEY ("delegate_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delegations" ADD CONSTRAINT "delegations_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_rules" ADD CONSTRAINT "policy_rules_policy_id_policies_id_fk" FOREIGN KEY ("policy_id") REFERENCES "public"."policies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_steps" ADD CONSTRAINT "policy_steps_policy_id_policies_id_fk" FOREIGN KEY ("policy_id") REFERENCES "public"."policies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step_assignees" ADD CONSTRAINT "step_assignees_step_id_task_steps_id_fk" FOREIGN KEY ("step_id") REFERENCES "public"."task_steps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step_assignees" ADD CONSTRAINT "step_assignees_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step_assignees" ADD CONSTRAINT "step_assignees_delegate_of_people_id_fk" FOREIGN KEY ("delegate_of") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step_assignees" ADD CONSTRAINT "step_assignees_reassigned_to_people_id_fk" FOREIGN KEY ("reassigned_to") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step_assignees" ADD CONSTRAINT "step_assignees_reassigned_by_people_id_fk" FOREIGN KEY ("reassigned_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_comments" ADD CONSTRAINT "task_comments_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_comments" ADD CONSTRAINT "task_comments_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_steps" ADD CONSTRAINT "task_steps_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_steps" ADD CONSTRAINT "task_steps_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_requester_id_people_id_fk" FOREIGN KEY ("requester_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_opened_by_people_id_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_profile_id_access_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."access_profiles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_rule_id_single_role_rules_id_fk" FOREIGN KEY ("rule_id") REFERENCES "public"."single_role_rules"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "applications_name_key" ON "applications" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "entitlements_name_key" ON "entitlements" USING btree ("application_id",lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "grants_live_key" ON "grants" USING btree ("person_id","entitlement_id") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "grants_entitlement_idx" ON "grants" USING btree ("entitlement_id") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "grants_rule_idx" ON "grants" USING btree ("rule_id") WHERE closed_at is null and rule_id is not null;--> statement-breakpoint
CREATE INDEX "grants_expires_idx" ON "grants" USING btree ("expires_at") WHERE closed_at is null and expires_at is not null;--> statement-breakpoint
CREATE INDEX "matrix_changes_transaction_idx" ON "matrix_changes" USING btree ("transaction");--> statement-breakpoint
CREATE INDEX "action_links_expires_idx" ON "action_links" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "audit_log_subject_idx" ON "audit_log" USING btree ("subject");--> statement-breakpoint
CREATE INDEX "digest_items_subject_idx" ON "digest_items" USING btree ("kind","subject_id");--> statement-breakpoint
CREATE INDEX "digests_person_idx" ON "digests" USING btree ("person_id","created_at");--> statement-breakpoint
CREATE INDEX "message_copies_ts_idx" ON "message_copies" USING btree ("channel_id","ts");--> statement-breakpoint
CREATE INDEX "outbox_recent_idx" ON "outbox" USING btree ("recipient_id","created_at");--> statement-breakpoint
CREATE INDEX "outbox_pending_idx" ON "outbox" USING btree ("priority","available_at") WHERE delivered_at is null and failed_at is null;--> statement-breakpoint
CREATE INDEX "mining_runs_state_idx" ON "mining_runs" USING btree ("state");--> statement-breakpoint
CREATE UNIQUE INDEX "people_email_key" ON "people" USING btree (lower("email"));--> statement-breakpoint
CREATE UNIQUE INDEX "people_external_id_key" ON "people" USING btree ("external_id");--> statement-breakpoint
CREATE INDEX "people_manager_id_idx" ON "people" USING btree ("manager_id");--> statement-breakpoint
CREATE INDEX "role_changes_person_idx" ON "role_changes" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "slack_identities_user_key" ON "slack_identities" USING btree ("team_id","user_id");--> statement-breakpoint
CREATE INDEX "mining_rules_rule_policy_idx" ON "mining_rules" USING btree ("rule_policy_id");--> statement-breakpoint
CREATE UNIQUE INDEX "rule_policies_name_key" ON "rule_policies" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "simulations_open_key" ON "simulations" USING btree ("rule_policy_id") WHERE state in ('queued', 'running', 'open');--> statement-breakpoint
CREATE INDEX "simulations_state_idx" ON "simulations" USING btree ("state");--> statement-breakpoint
CREATE INDEX "single_role_rules_policy_idx" ON "single_role_rules" USING btree ("rule_policy_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "single_role_rules_entitlement_idx" ON "single_role_rules" USING btree ("entitlement_id") WHERE ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "held_imports_waiting_key" ON "held_imports" USING btree ("connector") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "held_imports_connector_idx" ON "held_imports" USING btree ("connector","state");--> statement-breakpoint
CREATE UNIQUE INDEX "sync_failures_open_key" ON "sync_failures" USING btree ("connector") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "delegations_person_idx" ON "delegations" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "delegations_delegate_idx" ON "delegations" USING btree ("delegate_id");--> statement-breakpoint
CREATE UNIQUE INDEX "policies_name_key" ON "policies" USING btree ("kind","name");--> statement-breakpoint
CREATE INDEX "policy_rules_policy_idx" ON "policy_rules" USING btree ("policy_id");--> statement-breakpoint
CREATE INDEX "step_assignees_person_idx" ON "step_assignees" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "task_comments_ts_key" ON "task_comments" USING btree ("channel_id","ts");--> statement-breakpoint
CREATE INDEX "task_comments_task_idx" ON "task_comments" USING btree ("task_id");--> statement-breakpoint
CREATE UNIQUE INDEX "task_steps_position_key" ON "task_steps" USING btree ("task_id","position");--> statement-breakpoint
CREATE INDEX "task_steps_state_idx" ON "task_steps" USING btree ("state");--> statement-breakpoint
CREATE INDEX "task_steps_decider_idx" ON "task_steps" USING btree ("decided_by","decided_at");--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_open_key" ON "tasks" USING btree ("person_id","entitlement_id","kind") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "tasks_requester_idx" ON "tasks" USING btree ("requester_id");--> statement-breakpoint
CREATE INDEX "tasks_person_idx" ON "tasks" USING btree ("person_id");--> statement-breakpoint
-- From here on by hand: drizzle-kit generates neither functions, triggers nor rows.
-- The audit log is append-only. The database itself refuses to change, delete or truncate its rows.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is append-only';
END;
$$;
--> statement-breakpoint
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
--> statement-breakpoint
-- Changes for the miner (matrix_changes). Inserts and deletes are recorded once a statement, because syncs make
-- thousands. Updates are recorded once a row, and only for columns that the miner reads: last_sync_run_id, which every
-- sync updates on every row, does not fire a trigger.
CREATE FUNCTION note_new_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'people' THEN
    INSERT INTO matrix_changes (person_id) SELECT id FROM changed;
  ELSE
    INSERT INTO matrix_changes (person_id) SELECT DISTINCT person_id FROM changed;
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE FUNCTION note_changed_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO matrix_changes (person_id) VALUES (NEW.person_id);
  IF OLD.person_id <> NEW.person_id THEN
    INSERT INTO matrix_changes (person_id) VALUES (OLD.person_id);
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- A manager is an attribute of their reports, by e-mail as long as the manager is here. So a change of the manager
-- changes the reports as well.
CREATE FUNCTION note_changed_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO matrix_changes (person_id) VALUES (NEW.id);
  IF (OLD.email, OLD.connector, OLD.active, OLD.closed_at)
    IS DISTINCT FROM (NEW.email, NEW.connector, NEW.active, NEW.closed_at) THEN
    INSERT INTO matrix_changes (person_id) SELECT id FROM people WHERE manager_id = NEW.id;
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- Grants by a profile that came from a suggestion do not count for mining.
CREATE FUNCTION note_changed_profile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO matrix_changes (person_id) SELECT DISTINCT person_id FROM grants
    WHERE profile_id = NEW.id AND closed_at IS NULL;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER people_inserted AFTER INSERT ON "people" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_new_rows();
--> statement-breakpoint
CREATE TRIGGER people_changed AFTER UPDATE OF "email", "connector", "active", "closed_at", "department",
  "job_title", "employment_status", "employment_type", "manager_ref", "manager_id", "location", "attributes"
  ON "people" FOR EACH ROW WHEN ((OLD."email", OLD."connector", OLD."active", OLD."closed_at",
    OLD."department", OLD."job_title", OLD."employment_status", OLD."employment_type", OLD."manager_ref",
    OLD."manager_id", OLD."location", OLD."attributes") IS DISTINCT FROM (NEW."email", NEW."connector",
    NEW."active", NEW."closed_at", NEW."department", NEW."job_title", NEW."employment_status",
    NEW."employment_type", NEW."manager_ref", NEW."manager_id", NEW."location", NEW."attributes"))
  EXECUTE FUNCTION note_changed_person();
--> statement-breakpoint
CREATE TRIGGER grants_inserted AFTER INSERT ON "grants" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_new_rows();
--> statement-breakpoint
CREATE TRIGGER grants_deleted AFTER DELETE ON "grants" REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_new_rows();
--> statement-breakpoint
CREATE TRIGGER grants_changed AFTER UPDATE OF "closed_at", "expires_at", "verified_at", "source",
  "profile_id", "entitlement_id", "person_id" ON "grants" FOR EACH ROW WHEN ((OLD."closed_at",
    OLD."expires_at", OLD."verified_at", OLD."source", OLD."profile_id", OLD."entitlement_id",
    OLD."person_id") IS DISTINCT FROM (NEW."closed_at", NEW."expires_at", NEW."verified_at",
    NEW."source", NEW."profile_id", NEW."entitlement_id", NEW."person_id"))
  EXECUTE FUNCTION note_changed_grant();
--> statement-breakpoint
CREATE TRIGGER access_profiles_changed AFTER UPDATE OF "suggestion_id" ON "access_profiles"
  FOR EACH ROW WHEN (OLD."suggestion_id" IS DISTINCT FROM NEW."suggestion_id")
  EXECUTE FUNCTION note_changed_profile();
--> statement-breakpoint
-- The built-in policies (docs/governance.md#built-in-policies): by their number of approvals, for requests ('grant') and for
-- revocations ('revoke').
INSERT INTO "policies" ("name", "kind", "is_default", "built_in") VALUES
  ('One approval', 'grant', true, true),
  ('One approval', 'revoke', true, true),
  ('No approval', 'grant', false, true),
  ('No approval', 'revoke', false, true),
  ('Two approvals', 'grant', false, true),
  ('Two approvals', 'revoke', false, true),
  ('Three approvals', 'grant', false, true),
  ('Three approvals', 'revoke', false, true);
--> statement-breakpoint
INSERT INTO "policy_steps" ("policy_id", "position", "kind", "approvers")
SELECT p."id",
  row_number() OVER (PARTITION BY p."id" ORDER BY s.position),
  CASE WHEN s.approvers = 'provisioners'
    THEN CASE p."kind" WHEN 'grant' THEN 'provision' ELSE 'deprovision' END
    ELSE CASE p."kind" WHEN 'grant' THEN 'approval' ELSE 'revocation' END
  END,
  s.approvers
FROM "policies" p
JOIN (VALUES ('No approval', 0), ('One approval', 1), ('Two approvals', 2), ('Three approvals', 3))
  AS n(name, approvals) ON n.name = p."name"
JOIN (VALUES (1, 'manager'), (2, 'application_owners'), (3, 'entitlement_owners'), (4, 'provisioners'))
  AS s(position, approvers) ON s.approvers = 'provisioners' OR s.position <= n.approvals;
