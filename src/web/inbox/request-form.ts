import { findAssignable } from '../../governance/people/person-search.ts';
import { findZone } from '../../governance/people/person-zones.ts';
import { toEndDate } from '../../governance/requests/end-date.ts';
import { findEntitlements } from '../../governance/requests/find-entitlements.ts';
import { requestAccess } from '../../governance/requests/request-access.ts';
import { nameRequest, readRequestAgain } from '../../governance/requests/request-again.ts';
import { cutSearch } from '../../text.ts';
import { type FormFields, readFields, readQuery, readValues } from '../link-requests.ts';
import { frameOf } from './frame.ts';
import { type RequestChoices, renderRequested, renderRequestForm } from './request-form-page.ts';
import { type FormProblem, runInboxForm, tokenFor, type Visit } from './visit.ts';

const subject = 'request';
const maxFound = 30;

/** Shows the form, filled with a search, or with an ended request. */
export async function showRequestForm(visit: Visit): Promise<void> {
  const { ctx, request } = visit;
  const again = toId(readQuery(request, 'again'));
  if (again !== undefined) {
    const { person, entitlements, reason } = await readRequestAgain(ctx, again);
    const entitlementIds = entitlements.map(({ id }) => id);
    return sendForm(visit, { personId: person.id, entitlementIds, fields: { reason } });
  }
  const { chosen = [] } = request.query;
  await sendForm(visit, {
    personId: toId(readQuery(request, 'for')),
    entitlementIds: [chosen].flat().flatMap((id) => toId(String(id)) ?? []),
    fields: { q: readQuery(request, 'q') ?? '' },
    isSearch: readQuery(request, 'q') !== undefined,
  });
}

/** Requests the ticked entitlements, or searches again and keeps everything that was typed. */
export async function handleRequestForm(visit: Visit): Promise<void> {
  const { ctx, request, response } = visit;
  const fields = readFields(request);
  const personId = toId(fields.for) ?? ctx.actor.personId;
  const entitlementIds = readValues(request, 'entitlement').flatMap((id) => toId(id) ?? []);
  const sent = { personId, entitlementIds, fields };
  if (fields.do === 'search') return sendForm(visit, sent);
  const problem = await runInboxForm(visit, subject, async (ctx, { until, last_day, reason }) => {
    const clock = { now: ctx.now, zone: await findZone(ctx, personId) };
    const requested = await requestAccess(ctx, {
      personId,
      entitlementIds,
      reason: reason ?? '',
      until: toEndDate(until ?? 'none', last_day, clock),
      emergency: fields.emergency === 'yes',
    });
    response.send(renderRequested(requested, frameOf(visit, 'request')));
  });
  if (problem) await sendForm(visit, { ...sent, problem });
}

async function sendForm(
  visit: Visit,
  sent: {
    personId: number | undefined;
    entitlementIds: readonly number[];
    fields: FormFields;
    isSearch?: boolean;
    problem?: FormProblem;
  },
): Promise<void> {
  const { ctx, response } = visit;
  const { entitlementIds, fields, problem, isSearch = sent.fields.q !== undefined } = sent;
  const people = await findAssignable(ctx, '', true);
  const wanted = sent.personId ?? ctx.actor.personId;
  // Somebody else's name stays unknown: the form is then the reader's own.
  const personId = people.some(({ id }) => id === wanted) ? wanted : ctx.actor.personId;
  const chosen = (await nameRequest(ctx, { personId, entitlementIds })).entitlements;
  const query = cutSearch(fields.q ?? '');
  const isChosen = new Set(chosen.map(({ id }) => id));
  const found = isSearch ? await findEntitlements(ctx, { query, personId }) : undefined;
  const choices: RequestChoices = {
    personId,
    query,
    chosen,
    until: fields.until ?? 'none',
    lastDay: fields.last_day ?? '',
    reason: fields.reason ?? '',
    isEmergency: fields.emergency === 'yes',
  };
  const state = {
    token: tokenFor(visit, subject),
    people,
    found: found?.filter(({ id }) => !isChosen.has(id)).slice(0, maxFound),
    problem,
    frame: frameOf(visit, 'request'),
  };
  response.status(problem?.status ?? 200).send(renderRequestForm(choices, state));
}

function toId(typed: string | undefined): number | undefined {
  return typed !== undefined && /^\d{1,9}$/.test(typed) ? Number(typed) : undefined;
}
