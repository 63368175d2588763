import type { App } from '@slack/bolt';
import { requirePermission } from '../../../governance/context.ts';
import {
  archiveProfile,
  editProfile,
  makeProfile,
  type ProfileWords,
} from '../../../governance/profiles/edit.ts';
import {
  changeEntitlements,
  findForProfile,
  findInProfile,
} from '../../../governance/profiles/entitlements.ts';
import { previewRule, saveRule } from '../../../governance/profiles/membership-rule.ts';
import { decideHeldRemovals } from '../../../governance/profiles/reconcile-members.ts';
import type { Leaving } from '../../../governance/profiles/unenroll.ts';
import { viewProfile } from '../../../governance/profiles/view.ts';
import { openModal, updateModal } from '../../answers.ts';
import { option } from '../../blocks/kit/elements.ts';
import { profileView } from '../../blocks/profiles/profile.ts';
import { makeProfileView, profileEntitlementsView } from '../../blocks/profiles/profile-forms.ts';
import { membershipRuleView, rulePreviewView } from '../../blocks/profiles/profile-rule.ts';
import { parseCriteria } from '../../commands/parse.ts';
import { carried, ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { backToProfile } from './profile-back.ts';
import { entitlementNews, heldNews, leftNews, ruleNews } from './profile-news.ts';

/** Making, changing and archiving access profiles. */
export function listenToProfileEdits(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileMake, async ({ ctx, client, triggerId, view }) => {
    const draw = async () => {
      await requirePermission(ctx, 'manageProfiles');
      return makeProfileView();
    };
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSubmit(
    app,
    deps,
    ids.profileMakeSubmit,
    'name',
    async ({ ctx, view }) => {
      const entitlementIds = chosenIds(view, 'entitlements');
      const profile = await makeProfile(ctx, { ...wordsOf(view), entitlementIds });
      const news = 'Created, with nobody enrolled. Add members, or a rule that keeps them.';
      return profileView(await viewProfile(ctx, profile.id), news);
    },
    true,
  );

  onSubmit(
    app,
    deps,
    ids.profileEditSubmit,
    'name',
    async ({ ctx, client, view }) => {
      const { id, version } = JSON.parse(view.private_metadata);
      await editProfile(ctx, { ...wordsOf(view), profileId: id, version });
      return backToProfile({ ctx, client, view }, id, 'Saved.');
    },
    true,
  );

  onSubmit(app, deps, ids.profileArchive, 'leaving', async ({ ctx, client, view }) => {
    const { id, version } = JSON.parse(view.private_metadata);
    const done = await archiveProfile(ctx, { profileId: id, version, leaving: leavingOf(view) });
    return backToProfile({ ctx, client, view }, id, `Archived. ${leftNews(done)}`);
  });

  listenToEntitlements(app, deps);
  listenToRule(app, deps);
}

function listenToEntitlements(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileEntitlements, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => profileEntitlementsView(await viewProfile(ctx, Number(value)));
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSearch(app, deps, ids.profileEntitlement, async (ctx, query) =>
    (await findForProfile(ctx, query)).map(({ id, app, name, description }) =>
      option(`${app} · ${name}`, String(id), description ?? undefined),
    ),
  );

  onSearch(app, deps, ids.profileWithin, async (ctx, query, actionId) =>
    (await findInProfile(ctx, Number(carried(actionId)), query)).map(({ id, label }) =>
      option(label, String(id)),
    ),
  );

  onSubmit(
    app,
    deps,
    ids.profileEntitlementsSubmit,
    'add',
    async ({ ctx, client, view }) => {
      const { id, version } = JSON.parse(view.private_metadata);
      const changed = await changeEntitlements(ctx, {
        profileId: id,
        version,
        add: chosenIds(view, 'add'),
        remove: chosenIds(view, 'remove'),
        createRequests: chosen(view, 'requests').length > 0,
        revoke: chosen(view, 'revoke').length > 0,
      });
      return backToProfile({ ctx, client, view }, id, entitlementNews(changed));
    },
    true,
  );
}

function listenToRule(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileRule, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => membershipRuleView(await viewProfile(ctx, Number(value)));
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.profileRulePreview, 'rule', async ({ ctx, view }) => {
    const { id, version } = JSON.parse(view.private_metadata);
    const input = {
      profileId: id,
      version,
      rule: readRule(fieldOf(view.state.values, 'rule')?.value ?? ''),
      excludedIds: chosenIds(view, 'excluded'),
    };
    return rulePreviewView(await previewRule(ctx, input));
  });

  onSubmit(app, deps, ids.profileRuleSave, undefined, async ({ ctx, client, view }) => {
    const { id, version, rule, excluded } = JSON.parse(view.private_metadata);
    const input = { profileId: id, version, rule, excludedIds: excluded };
    return backToProfile({ ctx, client, view }, id, ruleNews(await saveRule(ctx, input)));
  });

  for (const [id, decision] of [
    [ids.profileHeldApply, 'apply'],
    [ids.profileHeldKeep, 'keep'],
  ] as const) {
    onAction(app, deps, id, async ({ ctx, client, value, view }) => {
      const [profileId = 0, shown = 0] = value.split('.').map(Number);
      const decided = await decideHeldRemovals(ctx, { profileId, shown, decision });
      const news = heldNews(decided, decision === 'keep');
      await updateModal(client, view?.id, profileView(await viewProfile(ctx, profileId), news));
    });
  }
}

/** What was typed as a rule; null for nothing. @throws Refusal invalid showing how it is written. */
function readRule(text: string): Record<string, string[]> | null {
  if (text.trim() === '') return null;
  if (/^\s*everyone\s*$/i.test(text)) return {};
  const rule: Record<string, string[]> = {};
  for (const { dimension, values } of parseCriteria(text)) {
    const key = /^manager(_email)?$/i.test(dimension) ? 'manager' : dimension;
    rule[key] = [...(rule[key] ?? []), ...values];
  }
  return rule;
}

type View = Submission['view'];

function wordsOf(view: View): ProfileWords {
  const { values } = view.state;
  const maxLength = fieldOf(values, 'longest')?.value ?? '';
  return {
    name: fieldOf(values, 'name')?.value ?? '',
    description: fieldOf(values, 'description')?.value ?? '',
    ownerIds: chosenIds(view, 'owners'),
    leaving: leavingOf(view),
    longestDays: maxLength.trim() === '' ? null : Number(maxLength),
  };
}

function leavingOf(view: View): Leaving {
  return (fieldOf(view.state.values, 'leaving')?.selected_option?.value ?? '') as Leaving;
}

function chosen(view: View, field: string) {
  return fieldOf(view.state.values, field)?.selected_options ?? [];
}

function chosenIds(view: View, field: string): number[] {
  return chosen(view, field).map(({ value }) => Number(value));
}
