import { z } from 'zod';
import { channelWords, summaryWords } from '../../governance/notifications/preferences.ts';
import { roleNames } from '../../governance/permissions.ts';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import {
  commaList,
  dotless,
  dotted,
  freeText,
  keyOf,
  oneOrZero,
  orNull,
  rowId,
  wholeNumber,
} from './parts.ts';

/** The people that a search field lists, such as possible assignees of a step or possible delegates. */
export const personSearchId = actionIdCodec(
  ids.personSearch,
  z.union([
    dotted({ purpose: z.enum(['anyone', 'delegate', 'request']) }),
    dotted({ purpose: z.literal('step'), stepId: rowId }),
  ]),
);

/** A person, and the current address of their Slack account. */
export const addressButton = buttonCodec(dotted({ personId: rowId, slackEmail: freeText }));

/** Rights that ended, and whether a person who is back gets them. */
export const returnButton = buttonCodec(dotted({ departureId: rowId, restore: oneOrZero }));
/** The first pair of a question, and how many pairs it showed. */
export const pairButton = buttonCodec(
  dotted({ pairId: rowId, count: wholeNumber, isSame: oneOrZero, withRights: oneOrZero }),
);
export const mergeButton = buttonCodec(
  dotted({ keepId: rowId, mergeId: rowId, withRights: oneOrZero }),
);
/** A Slack user group, by Slack's id. */
export const groupButton = buttonCodec(dotless);

const role = keyOf(roleNames);
export const roleOption = optionCodec(role);
/** A person, and the roles that the form showed. */
export const rolesForm = formCodec(dotted({ personId: rowId, roles: commaList(role) }));

export const channelOption = optionCodec(keyOf(channelWords));
export const summaryOption = optionCodec(keyOf(summaryWords));

/** A person's own choice; null: the default of the organization. */
export const ownChannelOption = optionCodec(orNull(keyOf(channelWords), 'organization'));
export const ownSummaryOption = optionCodec(orNull(keyOf(summaryWords), 'organization'));
