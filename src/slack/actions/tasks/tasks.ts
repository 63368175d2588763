import type { App } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import { cancelRequest } from '../../../governance/decisions/decide-step.ts';
import { intervene } from '../../../governance/decisions/intervene.ts';
import {
  findNewAssignees,
  prepareReassignment,
  reassignStep,
} from '../../../governance/decisions/reassign-step.ts';
import { findAssignable, findDelegates } from '../../../governance/people/person-search.ts';
import { sendReminder } from '../../../governance/reminders/reminders.ts';
import type { StepRef } from '../../../governance/tasks/step-ref.ts';
import { escapeText, personOption } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { commentView, interveneView, reassignView } from '../../blocks/tasks/task-forms.ts';
import { readTypedText, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { personSearchId } from '../../state/people.ts';
import { idButton, idOption } from '../../state/records.ts';
import {
  interventionForm,
  interventionOption,
  stepButton,
  stepForm,
  taskMenuOption,
} from '../../state/tasks.ts';
import { openOnTop } from '../../windows.ts';
import {
  approveStep,
  approveWithReason,
  askReasonToDeny,
  decideWithOptions,
  denyWithReason,
  openOptions,
} from './decisions.ts';
import { readTaskList, redrawTaskList } from './task-lists.ts';

/** Registers the buttons of a card and their forms. */
export function listenToTasks(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.taskYes, approveStep);
  onAction(app, deps, ids.taskNo, askReasonToDeny);
  onSubmit(app, deps, { id: ids.taskYesReason, field: 'reason', handle: approveWithReason });
  onSubmit(app, deps, { id: ids.taskReason, field: 'reason', handle: denyWithReason });
  onAction(app, deps, ids.taskWith, (click) => openOptions(click, stepButton.decode(click.value)));
  onSubmit(app, deps, { id: ids.taskWith, field: 'reason', handle: decideWithOptions });
  onAction(app, deps, ids.taskMore, openTaskMenu);
  onAction(app, deps, ids.taskReassignOpen, (click) =>
    openReassignForm(click, stepButton.decode(click.value)),
  );
  onSubmit(app, deps, { id: ids.taskReassign, field: 'person', handle: submitReassignment });
  onAction(app, deps, ids.taskIntervene, openInterventionForm);
  onSubmit(app, deps, { id: ids.taskInterveneReason, field: 'reason', handle: submitIntervention });
  onAction(app, deps, ids.taskCancel, cancelOwnRequest);
  onAction(app, deps, ids.taskRemind, remindAssignees);
  onSearch(app, deps, ids.personSearch, searchPeople);
}

async function openTaskMenu(click: Click): Promise<void> {
  const chosen = taskMenuOption.decode(click.value);
  if (chosen.action === 'comment') {
    const below = readTaskList(click);
    return openOnTop(click, async () => commentView(chosen.taskId, below));
  }
  const { stepId, version } = chosen;
  if (chosen.action === 'with') return openOptions(click, { stepId, version });
  await openReassignForm(click, { stepId, version });
}

async function openReassignForm(click: Click, ref: StepRef): Promise<void> {
  const below = readTaskList(click);
  const { title } = await prepareReassignment(click.ctx, ref);
  await openOnTop(click, async () => reassignView({ ref, below }, title));
}

async function submitReassignment({ ctx, client, view }: Submission) {
  const { values } = view.state;
  const { below, ...ref } = stepForm.decode(view.private_metadata);
  const personId = requireChoice(values, 'person', idOption);
  await reassignStep(ctx, ref, { personId, reason: readTypedText(values, 'reason') });
  await redrawTaskList(ctx, client, { viewId: view.previous_view_id, list: below });
  return 'close' as const;
}

async function openInterventionForm(click: Click): Promise<void> {
  const { intervention, ...ref } = interventionOption.decode(click.value);
  const form = interveneView(intervention, { ref, below: readTaskList(click) });
  await openOnTop(click, async () => form);
}

async function submitIntervention({ ctx, client, view }: Submission) {
  const { intervention, below, ...ref } = interventionForm.decode(view.private_metadata);
  const reason = readTypedText(view.state.values, 'reason');
  const task = await intervene(ctx, ref, { action: intervention, reason });
  await redrawTaskList(ctx, client, { viewId: view.previous_view_id, list: below });
  const closed = intervention === 'cancel' ? 'canceled' : task.state;
  const state = task.state === 'open' ? 'still open' : closed;
  return sentenceView('Done', `Task #${task.id} is ${state}.`);
}

async function cancelOwnRequest(click: Click): Promise<void> {
  const { ctx, client, value, reply } = click;
  const task = await cancelRequest(ctx, idButton.decode(value));
  await redrawTaskList(ctx, client, { viewId: click.view?.id, list: readTaskList(click) });
  await reply({ text: `Request #${task.id} is canceled.` });
}

async function remindAssignees({ ctx, value, reply }: Click): Promise<void> {
  const taskId = idButton.decode(value);
  const reminded = await sendReminder(ctx, taskId);
  await reply({ text: `Reminder sent to ${escapeText(reminded.join(' and '))}.` });
}

async function searchPeople(ctx: ActorCtx, words: string, actionId: string) {
  return (await findPeople(ctx, words, actionId)).map(personOption);
}

function findPeople(ctx: ActorCtx, words: string, actionId: string) {
  const search = personSearchId.decode(actionId);
  if (search.purpose === 'step') return findNewAssignees(ctx, search.stepId, words);
  if (search.purpose === 'delegate') return findDelegates(ctx, words);
  return findAssignable(ctx, words, search.purpose === 'request');
}
