CREATE TABLE "orphaned_accounts" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "orphaned_accounts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"connector" text NOT NULL,
	"reference" text NOT NULL,
	"entitlement_id" integer NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_sync_run_id" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "held_imports" ADD COLUMN "scopes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "orphaned_accounts" ADD CONSTRAINT "orphaned_accounts_entitlement_id_entitlements_id_fk" FOREIGN KEY ("entitlement_id") REFERENCES "public"."entitlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "orphaned_accounts_key" ON "orphaned_accounts" USING btree ("connector","entitlement_id","reference");