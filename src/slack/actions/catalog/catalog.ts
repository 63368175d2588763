import type { App, ViewOutput } from '@slack/bolt';
import {
  changeApplication,
  findApplicationsToManage,
  findOwners,
  readApplication,
} from '../../../governance/catalog/applications.ts';
import {
  changeEntitlement,
  findEntitlementsToManage,
  readEntitlement,
} from '../../../governance/catalog/entitlements.ts';
import { findPolicies } from '../../../governance/catalog/policy-lookup.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { openModal, updateModal } from '../../answers.ts';
import { applicationsView, applicationView } from '../../blocks/catalog/applications.ts';
import { entitlementsView, entitlementView, noRisk } from '../../blocks/catalog/entitlements.ts';
import { bold, option, personOption } from '../../blocks/kit/elements.ts';
import { isWithout, noPolicy, withoutPolicy } from '../../blocks/kit/fields.ts';
import { carried, ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

type Values = ViewOutput['state']['values'];

/** Managing applications and their entitlements: two lists with a search, and a form for each. */
export function listenToCatalog(app: App, deps: SlackDeps): void {
  listenToApplications(app, deps);
  listenToEntitlements(app, deps);

  onSearch(app, deps, ids.ownerSearch, async (ctx, words) =>
    (await findOwners(ctx, words)).map(personOption),
  );

  onSearch(app, deps, ids.policySearch, async (ctx, words, actionId) => {
    const [kind, without] = carried(actionId).split('.');
    const found = await findPolicies(ctx, kind === 'revoke' ? 'revoke' : 'grant', words);
    const none = isWithout(without) ? [option(withoutPolicy[without], noPolicy)] : [];
    return [...none, ...found.slice(0, 99).map(({ id, name }) => option(name, String(id)))];
  });
}

function listenToApplications(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.appList, async ({ ctx, client, value, triggerId, view }) => {
    const draw = () => applicationsPage(ctx, Number(value) || 0);
    if (view?.type === 'modal') await updateModal(client, view.id, await draw());
    else await openModal(client, triggerId, draw);
  });

  onSearch(app, deps, ids.appSearch, async (ctx, words) => {
    const { applications } = await findApplicationsToManage(ctx, { words, page: 0, size: 100 });
    return applications.map(({ id, name, owners }) =>
      option(name, String(id), owners ? `Owned by ${owners}` : 'No owner'),
    );
  });

  for (const id of [ids.appEdit, ids.appSearch]) {
    onAction(app, deps, id, async ({ ctx, client, value, triggerId, view }) => {
      const place = { list: view?.id ?? '', page: Number(view?.private_metadata) || 0 };
      const draw = async () => applicationView(await readApplication(ctx, Number(value)), place);
      await openModal(client, triggerId, draw, view?.type === 'modal');
    });
  }

  onSubmit(app, deps, ids.appSave, 'owners', async ({ ctx, client, view }) => {
    const { values } = view.state;
    const { id, version, list, page } = JSON.parse(view.private_metadata);
    const { name, isChanged } = await changeApplication(ctx, {
      id,
      version,
      owners: peopleOf(values, 'owners'),
      provisioners: peopleOf(values, 'provisioners'),
      instructions: textOf(values, 'instructions'),
      ...policiesOf(values),
    });
    const note = savedWords(name, isChanged);
    await updateModal(client, list, await applicationsPage(ctx, page, note));
    return 'close';
  });
}

/** A form of an entitlement takes the place of their list: Slack stacks no more than three windows. */
function listenToEntitlements(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.rightList, async ({ ctx, client, value, actionId, triggerId, view }) => {
    const isOfApplication = /^\d+$/.test(carried(actionId));
    const [applicationId, page] = isOfApplication
      ? value.split('.').map(Number)
      : [JSON.parse(view?.private_metadata ?? '{}').applicationId, Number(value)];
    const draw = () => entitlementsPage(ctx, Number(applicationId), page ?? 0);
    if (isOfApplication) await openModal(client, triggerId, draw, view?.type === 'modal');
    else await updateModal(client, view?.id, await draw());
  });

  onSearch(app, deps, ids.rightSearch, async (ctx, words, _, view) => {
    const { applicationId } = JSON.parse(view?.private_metadata ?? '{}');
    const list = { applicationId, words, page: 0, size: 100 };
    const { entitlements } = await findEntitlementsToManage(ctx, list);
    return entitlements.map(({ id, name, category }) =>
      option(name, String(id), category ?? undefined),
    );
  });

  for (const id of [ids.rightEdit, ids.rightSearch]) {
    onAction(app, deps, id, async ({ ctx, client, value, view }) => {
      const { applicationId, page } = JSON.parse(view?.private_metadata ?? '{}');
      const form = await readEntitlement(ctx, Number(value));
      await updateModal(client, view?.id, entitlementView(form, { applicationId, page }));
    });
  }

  onSubmit(app, deps, ids.rightSave, 'description', async ({ ctx, view }) => {
    const { values } = view.state;
    const { id, version, applicationId, page } = JSON.parse(view.private_metadata);
    const boxes = (fieldOf(values, 'options')?.selected_options ?? []).map((one) => one.value);
    const risk = fieldOf(values, 'risk')?.selected_option?.value ?? noRisk;
    const { label, isChanged } = await changeEntitlement(ctx, {
      id,
      version,
      description: textOf(values, 'description'),
      category: textOf(values, 'category') ?? '',
      risk: risk === noRisk ? null : risk,
      owners: peopleOf(values, 'owners'),
      requestable: boxes.includes('requestable'),
      emergencyAllowed: boxes.includes('emergency'),
      mined: !boxes.includes('unmined'),
      longestGrantDays: textOf(values, 'longestGrantDays') ?? '',
      ...policiesOf(values),
    });
    return entitlementsPage(ctx, applicationId, page, savedWords(label, isChanged));
  });
}

/** A page of the list of applications. `note`: what was done just now. */
export async function applicationsPage(ctx: ActorCtx, page: number, note?: string) {
  return applicationsView(await findApplicationsToManage(ctx, { page }), { page, note });
}

async function entitlementsPage(ctx: ActorCtx, applicationId: number, page: number, note?: string) {
  return entitlementsView(await findEntitlementsToManage(ctx, { applicationId, page }), {
    page,
    note,
  });
}

function savedWords(name: string, isChanged: boolean): string {
  return isChanged ? `${bold(name)} is saved.` : `Nothing changed about ${bold(name)}.`;
}

function textOf(values: Values, field: string): string | undefined {
  const found = fieldOf(values, field);
  return found && (found.value ?? '');
}

/** Undefined where the form did not have the field. */
function peopleOf(values: Values, field: string): number[] | undefined {
  return fieldOf(values, field)?.selected_options?.map(({ value }) => Number(value));
}

function policiesOf(values: Values) {
  const chosen = (field: string) => Number(fieldOf(values, field)?.selected_option?.value) || null;
  return {
    policyId: chosen('policyId'),
    emergencyPolicyId: chosen('emergencyPolicyId'),
    revokePolicyId: chosen('revokePolicyId'),
  };
}
