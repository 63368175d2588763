import type { App } from '@slack/bolt';
import type { ModalView, WebClient } from '@slack/web-api';
import { Refusal } from '../../../errors.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { applySimulation } from '../../../governance/simulations/apply.ts';
import { exportSimulation } from '../../../governance/simulations/export-csv.ts';
import { type SimulationTab, viewSimulation } from '../../../governance/simulations/report.ts';
import {
  cancelSimulation,
  refreshSimulation,
  requestSimulation,
} from '../../../governance/simulations/simulations.ts';
import { runInModal, updateModal } from '../../answers.ts';
import { escapeText } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { appliedView, simulationRequestedView } from '../../blocks/rules/simulation-forms.ts';
import { simulationView } from '../../blocks/rules/simulation-report.ts';
import { sendFile } from '../../files.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { confirmationForm, idButton, pageButton } from '../../state/records.ts';
import { simulationForm, simulationTabButton } from '../../state/rules.ts';
import { openOnTop } from '../../windows.ts';

/** Registers the buttons of simulations. @param files the client for files, with a longer time limit than a click. */
export function listenToSimulations(app: App, deps: SlackDeps, files: WebClient): void {
  onAction(app, deps, ids.simulationRequest, startSimulation);
  onSubmit(app, deps, { id: ids.simulationRequestSubmit, handle: startConfirmedSimulation });
  onAction(app, deps, ids.simulationApply, applyAtOnce);
  onSubmit(app, deps, { id: ids.simulationApplySubmit, handle: applyConfirmed });
  onAction(app, deps, ids.simulationCancel, (click) => endSimulation(click, cancelById));
  onAction(app, deps, ids.simulationRefresh, (click) => endSimulation(click, refreshById));
  onAction(app, deps, ids.simulationDetails, showDetails);
  onAction(app, deps, ids.simulationTab, showTab);
  onAction(app, deps, ids.simulationPage, turnPage);
  onAction(app, deps, ids.simulationCsv, (click) => downloadCsv(click, files));
}

async function startSimulation(click: Click): Promise<void> {
  const rulePolicyId = idButton.decode(click.value);
  const start = async () =>
    simulationRequestedView(rulePolicyId, await requestSimulation(click.ctx, { rulePolicyId }));
  await runInModal(click.client, { ...click, isOnTop: true }, start);
}

async function startConfirmedSimulation({ ctx, view }: Submission) {
  const { id: rulePolicyId, confirmed } = confirmationForm.decode(view.private_metadata);
  const requested = await requestSimulation(ctx, { rulePolicyId, confirmed });
  return simulationRequestedView(rulePolicyId, requested);
}

async function applyAtOnce(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  const work = async () => appliedView(id, await applySimulation(click.ctx, { id }));
  await runInModal(click.client, click, withCurrentState(click, id, work));
}

async function applyConfirmed({ ctx, view }: Submission) {
  const { id, confirmed } = confirmationForm.decode(view.private_metadata);
  return appliedView(id, await applySimulation(ctx, { id, confirmed }));
}

/** @param work ends or repeats a simulation, and returns a sentence about the result. */
async function endSimulation(
  click: Click,
  work: (ctx: ActorCtx, id: number) => Promise<string>,
): Promise<void> {
  const id = idButton.decode(click.value);
  if (click.view?.type !== 'modal') return click.reply({ text: await work(click.ctx, id) });
  const draw = async () => sentenceView('Simulation', await work(click.ctx, id));
  await runInModal(click.client, click, withCurrentState(click, id, draw));
}

async function showDetails(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  await openOnTop(click, async () => simulationView(await viewSimulation(click.ctx, id, firstTab)));
}

async function showTab(click: Click): Promise<void> {
  const { id } = simulationForm.decode(click.view?.private_metadata);
  await redrawSimulation(click, id, { tab: simulationTabButton.decode(click.value), page: 0 });
}

async function turnPage(click: Click): Promise<void> {
  const { id, tab } = simulationForm.decode(click.view?.private_metadata);
  await redrawSimulation(click, id, { tab, page: pageButton.decode(click.value) });
}

async function redrawSimulation(
  { ctx, client, view }: Click,
  id: number,
  place: { tab: SimulationTab; page: number },
): Promise<void> {
  await updateModal(client, view?.id, simulationView(await viewSimulation(ctx, id, place)));
}

async function downloadCsv({ ctx, userId, value }: Click, files: WebClient): Promise<void> {
  await sendFile(files, userId, await exportSimulation(ctx, idButton.decode(value)));
}

const firstTab = { tab: 'added', page: 0 } as const;

/** In the details, an action that came too late shows the current simulation with its buttons. */
function withCurrentState({ ctx, view }: Click, id: number, work: () => Promise<ModalView>) {
  return async () => {
    try {
      return await work();
    } catch (error) {
      if (view?.type !== 'modal' || !(error instanceof Refusal && error.code === 'conflict')) {
        throw error;
      }
      return simulationView(await viewSimulation(ctx, id, firstTab));
    }
  };
}

async function cancelById(ctx: ActorCtx, id: number): Promise<string> {
  const { policy } = await cancelSimulation(ctx, id);
  return `The simulation of ${escapeText(policy)} is canceled. Existing rules are unchanged.`;
}

async function refreshById(ctx: ActorCtx, id: number): Promise<string> {
  const { policy } = await refreshSimulation(ctx, id);
  return `The simulation of ${escapeText(policy)} was restarted. You get a message when it is done.`;
}
