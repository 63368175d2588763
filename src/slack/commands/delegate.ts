import { Refusal } from '../../errors.ts';
import { endDelegation, setDelegate } from '../../governance/delegations/delegations.ts';
import { endOfDay, startOfDay } from '../../governance/wording/calendar-days.ts';
import { delegationForm } from '../actions/people/delegations.ts';
import { openModal } from '../answers.ts';
import { say } from '../blocks/kit/elements.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { ids } from '../ids.ts';
import { mentionedPerson } from '../people.ts';
import type { CommandCall } from './call.ts';
import { mentionedUser, parseDelegate } from './parse.ts';

/** `/rolemine delegate`: the form; with a mention or `off`, done at once. */
export async function runDelegate(call: CommandCall): Promise<void> {
  const { ctx, client, triggerId, reply, rest } = call;
  if (rest === '') {
    if (triggerId) return openModal(client, triggerId, () => delegationForm(ctx));
    const text = 'Who is to get your new tasks, and who does now:';
    return reply(openerMessage(text, 'Delegate', ids.delegateOpen));
  }
  const { to, from, until, whose } = parseDelegate(rest);
  const personId = whose ? await personOf(call, whose) : ctx.actor.personId;
  const done = to
    ? await setDelegate(ctx, {
        personId,
        delegateId: await personOf(call, to),
        startsAt: from ? startOfDay(from) : undefined,
        endsAt: until ? endOfDay(until) : undefined,
      })
    : await endDelegation(ctx, { personId });
  await reply({ text: say(done) });
}

async function personOf({ deps, client }: CommandCall, word: string): Promise<number> {
  const userId = mentionedUser(word);
  if (!userId) {
    throw new Refusal(
      'invalid',
      `Mention the person with an @, or type /rolemine delegate alone to search for "${word.slice(0, 60)}".`,
    );
  }
  const barred =
    'The person you mention cannot use Rolemine: a guest, a bot, or somebody who has left. Choose somebody else.';
  return mentionedPerson(deps, client, userId, barred);
}
