import type { App } from '@slack/bolt';
import type { ModalView, WebClient } from '@slack/web-api';
import { Refusal } from '../../../errors.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { applySimulation } from '../../../governance/simulations/apply.ts';
import { exportSimulation } from '../../../governance/simulations/export-csv.ts';
import {
  type SimulationTab,
  simulationTabs,
  viewSimulation,
} from '../../../governance/simulations/report.ts';
import {
  cancelSimulation,
  refreshSimulation,
  requestSimulation,
} from '../../../governance/simulations/simulations.ts';
import { openModal, updateModal, workInModal } from '../../answers.ts';
import { say } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { appliedView, simulationRequestedView } from '../../blocks/rules/simulation-forms.ts';
import { simulationView } from '../../blocks/rules/simulation-report.ts';
import { sendFile } from '../../files.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** Simulations of mining rules. @param files sends what may take longer than a click waits for. */
export function listenToSimulations(app: App, deps: SlackDeps, files: WebClient): void {
  onAction(app, deps, ids.simulationRequest, async (click) => {
    // The value is the policy's id and version; whatever is simulated is as it is by then.
    const rulePolicyId = Number(click.value.split('.')[0]);
    const asked = async () =>
      simulationRequestedView(rulePolicyId, await requestSimulation(click.ctx, { rulePolicyId }));
    await workInModal(click.client, click, asked, true);
  });

  onSubmit(app, deps, ids.simulationRequestSubmit, undefined, async ({ ctx, view }) => {
    const [rulePolicyId = 0, confirmed] = view.private_metadata.split('.').map(Number);
    return simulationRequestedView(
      rulePolicyId,
      await requestSimulation(ctx, { rulePolicyId, confirmed }),
    );
  });

  onAction(app, deps, ids.simulationApply, async (click) => {
    const id = Number(click.value);
    const applied = async () => appliedView(id, await applySimulation(click.ctx, { id }));
    await workInModal(click.client, click, orAsItIs(click, applied));
  });

  onSubmit(app, deps, ids.simulationApplySubmit, undefined, async ({ ctx, view }) => {
    const [id = 0, confirmed] = view.private_metadata.split('.').map(Number);
    return appliedView(id, await applySimulation(ctx, { id, confirmed }));
  });

  for (const [id, end] of [
    [ids.simulationCancel, cancelled],
    [ids.simulationRefresh, refreshed],
  ] as const) {
    onAction(app, deps, id, async (click) => {
      const told = () => end(click.ctx, Number(click.value));
      if (click.view?.type !== 'modal') return click.reply({ text: await told() });
      const ended = async () => sentenceView('Simulation', await told());
      await workInModal(click.client, click, orAsItIs(click, ended));
    });
  }

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

/** In the details, what cannot be done any more is answered by how the simulation stands, with what can be done. */
function orAsItIs({ ctx, value, view }: Click, work: () => Promise<ModalView>) {
  return async () => {
    try {
      return await work();
    } catch (error) {
      if (view?.type !== 'modal' || !(error instanceof Refusal && error.code === 'conflict')) {
        throw error;
      }
      return simulationView(await viewSimulation(ctx, Number(value), { tab: 'added', page: 0 }));
    }
  };
}

async function cancelled(ctx: ActorCtx, id: number): Promise<string> {
  const { policy } = await cancelSimulation(ctx, id);
  return `The simulation of ${say(policy)} is cancelled. The rules there are stay as they are.`;
}

async function refreshed(ctx: ActorCtx, id: number): Promise<string> {
  const { policy } = await refreshSimulation(ctx, id);
  return `${say(policy)} is simulated anew. You get a card when it is done.`;
}

/** "kept.0" turns to another tab, "2" to another page of the one that is shown. */
function placeOf(value: string, shown: SimulationTab): { tab: SimulationTab; page: number } {
  const [name, page] = value.split('.');
  const tab = simulationTabs.find((one) => one === name);
  return tab ? { tab, page: Number(page) || 0 } : { tab: shown, page: Number(name) || 0 };
}
