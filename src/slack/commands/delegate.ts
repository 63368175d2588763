import { endDelegation, setDelegate } from '../../governance/delegations/delegations.ts';
import { delegationForm } from '../actions/people/delegations.ts';
import { openModal } from '../answers.ts';
import { escapeText } from '../blocks/kit/elements.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { ids } from '../ids.ts';
import { readMentionedPerson } from '../people.ts';
import type { CommandCall } from './call.ts';
import { parseDelegate, parseMention } from './parse.ts';
import { findNamedPerson } from './people.ts';

/** `/rolemine delegate` opens the form. With a mention or `off` it acts at once. */
export async function runDelegate(call: CommandCall): Promise<void> {
  const { ctx, client, triggerId, reply, rest } = call;
  if (rest === '') {
    if (triggerId) return openModal({ client, triggerId }, () => delegationForm(ctx));
    const text = 'Choose a delegate for your new tasks.';
    return reply(openerMessage(text, 'Delegate', ids.delegateOpen));
  }
  const { to, from, until, whose } = parseDelegate(rest);
  const personId = whose ? await readPerson(call, whose) : ctx.actor.personId;
  const done = to
    ? await setDelegate(ctx, {
        personId,
        delegateId: await readPerson(call, to),
        from,
        until,
      })
    : await endDelegation(ctx, { personId });
  await reply({ text: escapeText(done) });
}

async function readPerson(call: CommandCall, words: string): Promise<number> {
  const userId = parseMention(words);
  if (!userId) return findNamedPerson(call, words);
  const barred =
    'The person you mentioned cannot use Rolemine: guests, bots and deactivated users cannot. Choose somebody else.';
  return readMentionedPerson(call.deps, call.client, userId, barred);
}
