ALTER TABLE "sync_runs" ADD COLUMN "control_changes" jsonb;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "operator" text;--> statement-breakpoint
ALTER TABLE "held_imports" ADD COLUMN "weakenings" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "held_imports" ADD COLUMN "weakening_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "held_imports" ADD COLUMN "weakening_hash" text;--> statement-breakpoint
ALTER TABLE "held_imports" ADD COLUMN "gainer_ids" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "held_imports" ADD COLUMN "operator" text;