import { describeEmergency, describeRequest } from '../../governance/task-cards/outcome-card.ts';
import type { TaskView } from '../../governance/task-cards/task-view.ts';
import { samplePeople } from './people.ts';
import {
  buildOutcomeSample,
  buildSample,
  buildStepSample,
  buildTaskSample,
  type SampleMail,
} from './sample-mail.ts';
import { approval, buildTaskView, sampleAssignedStep, taskViews } from './tasks.ts';

/** Lists the mails about one task. */
export function listTaskSamples(): SampleMail[] {
  const { ana, bo, kim, lee, dana } = samplePeople;
  const highRisk = { ...taskViews.asked.entitlement, risk: 'high' } as const;
  return [
    buildStepSample('request', 'Request to approve', bo, taskViews.asked),
    buildStepSample(
      'request-high-risk',
      'High-risk request, decided in Slack only',
      bo,
      buildTaskView(taskViews.asked.steps, {}, { entitlement: highRisk }),
    ),
    buildStepSample('reassigned', 'Reassigned request', lee, buildReassignedView()),
    buildStepSample('delegated', 'Request for a delegate', lee, buildDelegatedView()),
    buildStepSample('escalation', 'Request that nobody decided', dana, buildEscalatedView()),
    buildStepSample('provisioning', 'Access to provision', kim, taskViews.approved),
    buildStepSample(
      'emergency-provisioning',
      'Emergency access to provision',
      kim,
      taskViews.emergency,
    ),
    buildStepSample('revocation', 'Revocation to confirm', bo, taskViews.revocation),
    buildStepSample('deprovisioning', 'Access to deprovision', kim, taskViews.confirmed),
    buildTaskSample('asked', 'Status of a request', ana, (id) =>
      describeRequest(taskViews.asked, id),
    ),
    buildTaskSample('emergency', 'Skipped approval', bo, () =>
      describeEmergency(taskViews.emergency),
    ),
    buildOutcomeSample('denied', 'Denied request', taskViews.denied),
    buildOutcomeSample('provisioned', 'Provisioned access', taskViews.provisioned),
    buildOutcomeSample(
      'not-provisioned',
      'Access that is not provisioned',
      taskViews.notProvisioned,
    ),
    buildOutcomeSample('expired', 'Access that ended', taskViews.expired),
    buildSample('comment', 'Comment', bo, {
      kind: 'comment',
      comment: {
        taskId: 1042,
        about: 'GitHub · Admin for Ana Ruiz',
        authorId: ana.id,
        author: ana.name,
        body: 'The rotation is four weeks.\nI can give it back on 21 December.',
        inDigest: false,
        thread: undefined,
      },
    }),
  ];
}

function buildReassignedView(): TaskView {
  const { name } = samplePeople.bo;
  const reassigned = { by: name, reason: 'Lee runs the rotation.' };
  const about = { why: `reassigned by ${name}`, reassigned };
  return buildTaskView([sampleAssignedStep(approval, samplePeople.lee, about)]);
}

function buildDelegatedView(): TaskView {
  const about = { why: "Ana Ruiz's manager", delegateOf: samplePeople.bo.name };
  return buildTaskView([sampleAssignedStep(approval, samplePeople.lee, about)]);
}

function buildEscalatedView(): TaskView {
  const note = 'Nobody decided for 3 days, so Dana Scott (the manager of Bo Chen) is asked, too.';
  const why = 'the manager of Bo Chen, since nobody decided for 3 days';
  return buildTaskView([sampleAssignedStep({ ...approval, note }, samplePeople.dana, { why })]);
}
