import { Refusal } from '../../errors.ts';
import { listStandings } from '../../store/people/standing.ts';
import { assignStep, type NewAssignee } from '../../store/tasks/task-changes.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { loadApproverPool } from '../tasks/approver-directory.ts';
import { chooseAssignees } from '../tasks/approvers.ts';
import { describeConflict } from '../tasks/conflict-sentence.ts';
import { requireAssignee } from '../tasks/decision-rules.ts';
import { exclusionsOf } from '../tasks/exclusions.ts';
import { requireOpen, type StepRef, type StepSnapshot } from '../tasks/step-ref.ts';

/**
 * Finds the next people in line who can decide a step in Slack, for an assignee whose link cannot approve it. The
 * assignee does not choose them, because a forwarded mail has the same link.
 */
export async function findNextInSlack(
  ctx: ActorCtx,
  snapshot: StepSnapshot,
): Promise<readonly NewAssignee[]> {
  const { step, task } = snapshot;
  const pool = await loadApproverPool(ctx, snapshot);
  const candidates = { pool, exclusions: exclusionsOf(task, snapshot) };
  for (let from = 0; ; ) {
    const { assignees, level } = chooseAssignees(step, candidates, { from, needed: 1 });
    if (assignees.length === 0) return [];
    const others = assignees.filter(({ personId }) => personId !== ctx.actor.personId);
    const standings = await listStandings(
      ctx.db,
      others.map(({ personId }) => personId),
    );
    const inSlack = new Set(
      standings.filter(({ state }) => state === 'linked').map(({ personId }) => personId),
    );
    const next = others.filter(({ personId }) => inSlack.has(personId));
    if (next.length > 0) return next;
    from = level + 1;
  }
}

/** Hands the actor's seat on to the next people in line in Slack. @throws Refusal forbidden, conflict. */
export async function handOnInTransaction(
  ctx: ActorCtx,
  snapshot: StepSnapshot,
  ref: StepRef,
): Promise<void> {
  const { step, task } = snapshot;
  await requireOpen(ctx, snapshot);
  const { all, mine } = await requireAssignee(ctx, snapshot);
  if (step.version !== ref.version) {
    throw new Refusal('conflict', await describeConflict(ctx, snapshot, step));
  }
  const staying = all.filter((one) => one !== mine);
  const next = (await findNextInSlack(ctx, snapshot)).filter(({ personId }) =>
    staying.every((one) => one.personId !== personId),
  );
  if (next.length === 0 && staying.length === 0) {
    throw new Refusal(
      'conflict',
      'Nobody else who is in Slack can decide this. Ask a Super Admin.',
    );
  }
  const note = `${ctx.actor.name} cannot approve this by e-mail and handed it on.`;
  const assigned = await assignStep(ctx.db, snapshot, {
    stepId: step.id,
    assignees: [
      ...[...staying, ...next].map(
        ({ personId, name, why, level, delegateOf, agreedAt = null }) => ({
          ...{ personId, name, why, level, delegateOf, agreedAt },
        }),
      ),
      {
        ...{ personId: mine.personId, name: mine.name, why: mine.why, level: mine.level },
        ...{ delegateOf: mine.delegateOf, active: false, reassignReason: note },
        reassignedTo: (next[0] ?? staying[0])?.personId ?? null,
        reassignedBy: ctx.actor.personId,
      },
    ],
    at: ctx.now,
    change: { note },
  });
  await audit(ctx, 'step.hand_on', subjectOf.task(task.id), {
    before: { step: step.position, assignees: all.map(({ personId }) => personId) },
    after: { assignees: [...staying, ...next].map(({ personId }) => personId), note },
  });
  await redrawTask(ctx, assigned, step.id);
}
