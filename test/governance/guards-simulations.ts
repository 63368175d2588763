import { applySimulation } from '../../src/governance/simulation-apply.ts';
import { exportSimulation } from '../../src/governance/simulation-csv.ts';
import { viewSimulation } from '../../src/governance/simulation-view.ts';
import {
  cancelSimulation,
  refreshSimulation,
  requestSimulation,
} from '../../src/governance/simulations.ts';
import type { Guarded } from './guards.ts';

const id = 999_999;

/** The verbs of simulations of mining rules. */
export const simulationGuarded: Guarded = {
  'simulations requestSimulation': ['mineRoles', (c) => requestSimulation(c, { rulePolicyId: id })],
  'simulations cancelSimulation': ['mineRoles', (c) => cancelSimulation(c, id)],
  'simulations refreshSimulation': ['mineRoles', (c) => refreshSimulation(c, id)],
  'simulation-apply applySimulation': ['mineRoles', (c) => applySimulation(c, { id })],
  'simulation-csv exportSimulation': ['mineRoles', (c) => exportSimulation(c, id)],
  'simulation-view viewSimulation': [
    'mineRoles',
    (c) => viewSimulation(c, id, { tab: 'added', page: 0 }),
  ],
};
