ALTER TABLE "outbox" ADD COLUMN "waiting_for" text;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "mail_failure" text;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "failed_address" text;