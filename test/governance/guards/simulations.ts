import { applySimulation } from '../../../src/governance/simulations/apply.ts';
import { exportSimulation } from '../../../src/governance/simulations/export-csv.ts';
import { viewSimulation } from '../../../src/governance/simulations/report.ts';
import {
  cancelSimulation,
  refreshSimulation,
  requestSimulation,
} from '../../../src/governance/simulations/simulations.ts';
import type { Guarded } from './guards.ts';

const id = 999_999;

/** The verbs of simulations of mining rules. */
export const simulationGuarded: Guarded = {
  'simulations/simulations requestSimulation': [
    'mineRoles',
    (c) => requestSimulation(c, { rulePolicyId: id }),
  ],
  'simulations/simulations cancelSimulation': ['mineRoles', (c) => cancelSimulation(c, id)],
  'simulations/simulations refreshSimulation': ['mineRoles', (c) => refreshSimulation(c, id)],
  'simulations/apply applySimulation': ['mineRoles', (c) => applySimulation(c, { id })],
  'simulations/export-csv exportSimulation': ['mineRoles', (c) => exportSimulation(c, id)],
  'simulations/report viewSimulation': [
    'mineRoles',
    (c) => viewSimulation(c, id, { tab: 'added', page: 0 }),
  ],
};
