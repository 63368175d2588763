/** Every command, action and view by name, `noun:verb`. An action id may carry what it is about after a dot. */
export const ids = {
  command: '/rolemine',
  taskYes: 'task:yes',
  taskNo: 'task:no',
  taskDetails: 'task:details',
  taskMore: 'task:more',
  taskCancel: 'task:cancel',
  taskRemind: 'task:remind',
  taskList: 'task:list',
  taskReason: 'task:reason',
  taskReassign: 'task:reassign',
  taskIntervene: 'task:intervene',
  taskInterveneReason: 'task:intervene_reason',
  taskReassignOpen: 'task:reassign_open',
  taskComment: 'task:comment',
  personSearch: 'person:search',
  suggestionReview: 'suggestion:review',
  suggestionDismiss: 'suggestion:dismiss',
  suggestionList: 'suggestion:list',
  suggestionPage: 'suggestion:page',
  suggestionTick: 'suggestion:tick',
  suggestionCreate: 'suggestion:create',
  suggestionExtend: 'suggestion:extend',
  profileView: 'profile:view',
  profileAdd: 'profile:add',
  profileEnroll: 'profile:enroll',
  requestOpen: 'request:open',
  requestApp: 'request:app',
  requestEntitlement: 'request:entitlement',
  requestSubmit: 'request:submit',
  revokeOpen: 'revoke:open',
  revokePerson: 'revoke:person',
  revokeEntitlement: 'revoke:entitlement',
  revokeSubmit: 'revoke:submit',
  analysisOpen: 'analysis:open',
  analysisDimension: 'analysis:dimension',
  analysisValue: 'analysis:value',
  analysisSubmit: 'analysis:submit',
  analysisAgain: 'analysis:again',
  analysisRefine: 'analysis:refine',
  analysisHistory: 'analysis:history',
  settingsOpen: 'settings:open',
  settingsPreview: 'settings:preview',
  settingsSave: 'settings:save',
  outlierList: 'outlier:list',
  outlierKeep: 'outlier:keep',
  outlierPropose: 'outlier:propose',
  outlierDecide: 'outlier:decide',
} as const;

/** Matches an id with or without something after the dot. */
export function matching(id: string): RegExp {
  return new RegExp(`^${id}(\\..*)?$`);
}

/** What an action id carries after its dot. */
export function carried(actionId: string): string {
  const dot = actionId.indexOf('.');
  return dot < 0 ? '' : actionId.slice(dot + 1);
}
