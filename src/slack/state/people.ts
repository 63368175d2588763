import { z } from 'zod';
import { channelWords, summaryWords } from '../../governance/notifications/preferences.ts';
import { roleNames } from '../../governance/permissions.ts';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { commaList, dotted, freeText, keyOf, orNull, rowId } from './parts.ts';

/** Which people a search field offers: those who may take one step, who may be a delegate, and so on. */
export const personSearchId = actionIdCodec(
  ids.personSearch,
  z.union([
    dotted({ purpose: z.enum(['anyone', 'delegate', 'request']) }),
    dotted({ purpose: z.literal('step'), stepId: rowId }),
  ]),
);

/** A person, and the address that Slack has for them now. */
export const addressButton = buttonCodec(dotted({ personId: rowId, slackEmail: freeText }));

const role = keyOf(roleNames);
export const roleOption = optionCodec(role);
/** A person, and the roles that the form was drawn with. */
export const rolesForm = formCodec(dotted({ personId: rowId, roles: commaList(role) }));

export const channelOption = optionCodec(keyOf(channelWords));
export const summaryOption = optionCodec(keyOf(summaryWords));

/** A choice of one's own; null: as the organization has it. */
export const ownChannelOption = optionCodec(orNull(keyOf(channelWords), 'organisation'));
export const ownSummaryOption = optionCodec(orNull(keyOf(summaryWords), 'organisation'));
