import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { applySimulation } from '../../governance/simulation-apply.ts';
import { exportSimulation } from '../../governance/simulation-csv.ts';
import {
  type SimulationTab,
  simulationTabs,
  viewSimulation,
} from '../../governance/simulation-view.ts';
import {
  cancelSimulation,
  refreshSimulation,
  requestSimulation,
} from '../../governance/simulations.ts';
import { openModal, updateModal } from '../answers.ts';
import { say } from '../blocks/elements.ts';
import { appliedView, requestedView } from '../blocks/simulation-forms.ts';
import { simulationView } from '../blocks/simulation-report.ts';
import { sendFile } from '../files.ts';
import { ids } from '../ids.ts';
import { onAction, onSubmit } from '../listen.ts';
import type { SlackDeps } from '../people.ts';

/** Simulations of mining rules. @param files sends what may take longer than a click waits for. */
export function listenToSimulations(app: App, deps: SlackDeps, files: WebClient): void {
  onAction(app, deps, ids.simulationRequest, async ({ ctx, client, value, triggerId, view }) => {
    // The value is the policy's id and version; whatever is simulated is as it is by then.
    const rulePolicyId = Number(value.split('.')[0]);
    const asked = async () =>
      requestedView(rulePolicyId, await requestSimulation(ctx, { rulePolicyId }));
    await openModal(client, triggerId, asked, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.simulationRequestSubmit, undefined, async ({ ctx, view }) => {
    const [rulePolicyId = 0, confirmed] = view.private_metadata.split('.').map(Number);
    return requestedView(rulePolicyId, await requestSimulation(ctx, { rulePolicyId, confirmed }));
  });

  onAction(app, deps, ids.simulationApply, async ({ ctx, client, value, triggerId, view }) => {
    const id = Number(value);
    const applied = async () => appliedView(id, await applySimulation(ctx, { id }));
    await openModal(client, triggerId, applied, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.simulationApplySubmit, undefined, async ({ ctx, view }) => {
    const [id = 0, confirmed] = view.private_metadata.split('.').map(Number);
    return appliedView(id, await applySimulation(ctx, { id, confirmed }));
  });

  onAction(app, deps, ids.simulationCancel, async ({ ctx, value, reply }) => {
    const { policy } = await cancelSimulation(ctx, Number(value));
    await reply({
      text: `The simulation of ${say(policy)} is cancelled. The rules there are stay as they are.`,
    });
  });

  onAction(app, deps, ids.simulationRefresh, async ({ ctx, value, reply }) => {
    const { policy } = await refreshSimulation(ctx, Number(value));
    await reply({ text: `${say(policy)} is simulated anew. You get a card when it is done.` });
  });

  onAction(app, deps, ids.simulationDetails, async ({ ctx, client, value, triggerId, view }) => {
    const first = { tab: 'added', page: 0 } as const;
    const draw = async () => simulationView(await viewSimulation(ctx, Number(value), first));
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onAction(app, deps, ids.simulationPage, async ({ ctx, client, value, view }) => {
    if (!view) return;
    const { id, tab } = JSON.parse(view.private_metadata) as { id: number; tab: SimulationTab };
    const report = await viewSimulation(ctx, id, placeOf(value, tab));
    await updateModal(client, view.id, simulationView(report));
  });

  onAction(app, deps, ids.simulationCsv, async ({ ctx, userId, value }) => {
    await sendFile(files, userId, await exportSimulation(ctx, Number(value)));
  });
}

/** "kept.0" turns to another tab, "2" to another page of the one that is shown. */
function placeOf(value: string, shown: SimulationTab): { tab: SimulationTab; page: number } {
  const [name, page] = value.split('.');
  const tab = simulationTabs.find((one) => one === name);
  return tab ? { tab, page: Number(page) || 0 } : { tab: shown, page: Number(name) || 0 };
}
