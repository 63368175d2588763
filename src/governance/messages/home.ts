import { findSlackIdentity, updateSlackIdentity } from '../../store/people/slack-identities.ts';
import { listMyAccess, type MyAccess } from '../access/my-access.ts';
import { type ActorCtx, inTransaction } from '../context.ts';
import { listDelegations, type OwnDelegations } from '../delegations/delegations.ts';
import { type PreferencesForm, readPreferences } from '../notifications/preferences.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { hasPermission, type Permission } from '../permissions.ts';
import { listSuggestions, type SuggestionList } from '../role-mining/suggestions.ts';
import { listHeldImports, type WaitingImport } from '../sync/held-import-card.ts';
import { type Inbox, type InboxPlace, loadInbox } from '../task-cards/inbox.ts';
import { listMyRequests, type MyRequests } from '../task-cards/my-requests.ts';
import { listConcerns } from './admin-concerns.ts';

/** A person's start page: their tasks, requests and access. */
export interface Home {
  inbox: Inbox;
  requests: MyRequests;
  access: MyAccess[];
  delegations: OwnDelegations;
  preferences: PreferencesForm;
  /** For administrators: problems that need attention, and the permissions with a view of their own. */
  concerns: string[];
  heldImports: WaitingImport[];
  manages: Permission[];
  /** For Super Admins only. */
  suggestions: SuggestionList | undefined;
}

const maxShownRequests = 5;
/** The permissions that have a view of their own. */
const managementPermissions: Permission[] = [
  'reassignAnyTask',
  'manageProfiles',
  'manageApplications',
  'managePolicies',
  'manageUsers',
];

/** Loads the App Home of the actor. */
export async function loadHome(ctx: ActorCtx): Promise<Home> {
  const identity = await findSlackIdentity(ctx.db, ctx.actor.personId);
  return {
    inbox: await loadInbox(ctx, identity?.homePlace),
    requests: await listMyRequests(ctx, maxShownRequests),
    access: await listMyAccess(ctx),
    delegations: await listDelegations(ctx),
    preferences: await readPreferences(ctx),
    concerns: await listConcerns(ctx),
    heldImports: await listHeldImports(ctx),
    manages: managementPermissions.filter((one) => hasPermission(ctx.actor.roles, one)),
    suggestions: ctx.actor.roles.includes('super_admin') ? await listSuggestions(ctx) : undefined,
  };
}

/** Loads the App Home of the actor, who opened it. From now on the outbox redraws it. */
export async function openHome(ctx: ActorCtx): Promise<Home> {
  await updateSlackIdentity(ctx.db, ctx.actor.personId, {
    homeOpenedAt: ctx.now,
    // A Home that opens shows the open tasks, whatever was looked at before.
    homePlace: null,
  });
  return loadHome(ctx);
}

/**
 * Loads the App Home after the actor chose another list or page, and saves that choice. The outbox redraws it too:
 * otherwise an older drawing that is still in the outbox would replace it.
 */
export async function turnHome(ctx: ActorCtx, place: InboxPlace): Promise<Home> {
  await inTransaction(ctx, async (ctx) => {
    await updateSlackIdentity(ctx.db, ctx.actor.personId, { homePlace: place });
    await redrawHomes(ctx, [ctx.actor.personId]);
  });
  return loadHome(ctx);
}
