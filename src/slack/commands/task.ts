import { Refusal } from '../../errors.ts';
import { readDetails } from '../../governance/task-cards/details.ts';
import { openModal } from '../answers.ts';
import { actions, bold, escapeText, section, sections } from '../blocks/kit/elements.ts';
import { decisionLine, detailsButton } from '../blocks/tasks/task.ts';
import { detailsView } from '../blocks/tasks/task-details.ts';
import type { CommandCall } from './call.ts';

/** `/rolemine task 1042` opens the details of a task; as an answer to a message it says who decided what. */
export async function showTask({
  ctx,
  client,
  triggerId,
  reply,
  rest,
}: CommandCall): Promise<void> {
  const [, number] = /^#?(\d{1,9})$/.exec(rest) ?? [];
  if (!number) {
    throw new Refusal(
      'invalid',
      'Write the number of the task, for example `/rolemine task 1042`.',
    );
  }
  const { known, fill } = await readDetails(ctx, Number(number));
  if (triggerId) return openModal({ client, triggerId }, async () => detailsView(await fill()));
  const { kind, number: mark, title, plan } = known;
  await reply({
    text: `${escapeText(`${kind} ${mark}: ${title}`)}`,
    blocks: [
      section(`${escapeText(`${kind} · ${mark}`)}\n${bold(title)}`),
      ...sections(plan.map(({ line }, at) => `${at + 1}. ${decisionLine(line)}`)),
      actions(`task.${known.taskId}`, [detailsButton(known)]),
    ],
  });
}
