/**
 * A simple model of the tasks of docs/governance.md#tasks: the assignees of a step, the effect of a decision, the audit
 * trail. A test compares the product with it in random sequences of commands.
 */
export type Name = 'Ana' | 'Bo' | 'Cy' | 'Kim' | 'Lee' | 'Dana';
export const names: readonly Name[] = ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana'];

/** Kim owns the application, Lee provisions, Dana is a Super Admin. */
const managers: Partial<Record<Name, Name>> = { Ana: 'Bo', Cy: 'Bo', Bo: 'Dana' };

type Approvers = 'manager' | 'owners' | 'provisioner';
const approvals: Approvers[] = ['manager', 'owners', 'owners'];

interface ModelStep {
  kind: 'approval' | 'provision';
  approvers: Approvers;
  state:
    | 'waiting'
    | 'active'
    | 'approved'
    | 'denied'
    | 'provisioned'
    | 'not_provisioned'
    | 'covered'
    | 'skipped';
  assignees: Name[];
  decider: Name | undefined;
}

export interface ModelTask {
  id: number;
  subject: Name;
  requester: Name;
  entitlement: number;
  state: 'open' | 'provisioned' | 'denied' | 'not_provisioned' | 'canceled';
  steps: ModelStep[];
  trail: string[];
}

export class Model {
  tasks: ModelTask[] = [];
  /** Grants: "Ana 2". */
  grants = new Set<string>();

  mayRequest(requester: Name, subject: Name, entitlement: number, policy: number): boolean {
    const may = requester === subject || managers[subject] === requester || requester === 'Dana';
    const isNew =
      !this.grants.has(`${subject} ${entitlement}`) && !this.openTask(subject, entitlement);
    const hasDeciders = approvals
      .slice(0, policy)
      .concat('provisioner')
      .every(
        (approvers) => findAssignees({ subject, requester }, approvers, policy > 0).length > 0,
      );
    return may && isNew && hasDeciders;
  }

  request(id: number, requester: Name, subject: Name, entitlement: number, policy: number): void {
    const kinds = [...approvals.slice(0, policy), 'provisioner' as const];
    const steps = kinds.map((approvers): ModelStep => {
      const kind = approvers === 'provisioner' ? 'provision' : 'approval';
      return { kind, approvers, state: 'waiting', assignees: [], decider: undefined };
    });
    const task: ModelTask = {
      id,
      subject,
      requester,
      entitlement,
      state: 'open',
      steps,
      trail: [],
    };
    task.trail.push('task.open');
    this.tasks.push(task);
    this.begin(task);
  }

  mayDecide(task: ModelTask, who: Name): boolean {
    const step = activeOf(task);
    if (!step?.assignees.includes(who)) return false;
    return !isOwn(task, who) || (step.kind === 'provision' && isVouched(task));
  }

  decide(task: ModelTask, who: Name, positive: boolean): void {
    const step = activeOf(task)!;
    step.decider = who;
    if (step.kind === 'approval') step.state = positive ? 'approved' : 'denied';
    else step.state = positive ? 'provisioned' : 'not_provisioned';
    task.trail.push(`step.${step.state}`);
    if (step.state === 'approved') this.begin(task);
    else this.end(task, step.state as ModelTask['state']);
  }

  mayReassign(task: ModelTask, by: Name, to: Name): boolean {
    const step = activeOf(task);
    if (!step || !(step.assignees.includes(by) || by === 'Dana') || step.assignees.includes(to))
      return false;
    if (!step.assignees.includes(by) && isOwn(task, by)) return false;
    return !isOwn(task, to) || (step.kind === 'provision' && isVouched(task));
  }

  reassign(task: ModelTask, by: Name, to: Name): void {
    const step = activeOf(task)!;
    const others = step.assignees.includes(by) ? step.assignees.filter((one) => one !== by) : [];
    step.assignees = [...others, to];
    task.trail.push('step.reassign');
  }

  mayCancel(task: ModelTask, who: Name): boolean {
    return task.state === 'open' && (who === task.requester || who === task.subject);
  }

  cancel(task: ModelTask): void {
    task.trail.push('task.cancel');
    this.end(task, 'canceled');
  }

  mayIntervene(task: ModelTask, who: Name, what: 'skip' | 'restart'): boolean {
    if (who !== 'Dana' || isOwn(task, who)) return false;
    if (what === 'skip')
      return activeOf(task) !== undefined && activeOf(task) !== task.steps.at(-1);
    if (task.steps.some((step) => step.state === 'provisioned')) return false;
    const open = this.openTask(task.subject, task.entitlement);
    return open === undefined || open === task;
  }

  /** Records that Dana tried to act on her own task. */
  noteRefusal(task: ModelTask, who: Name): void {
    if (who === 'Dana' && isOwn(task, who)) task.trail.push('task.intervention_refused');
  }

  intervene(task: ModelTask, what: 'skip' | 'restart'): void {
    task.trail.push('task.comment', `task.${what}`);
    if (what === 'skip') activeOf(task)!.state = 'skipped';
    else {
      task.state = 'open';
      for (const step of task.steps) Object.assign(step, { state: 'waiting', decider: undefined });
    }
    this.begin(task);
  }

  private openTask(subject: Name, entitlement: number): ModelTask | undefined {
    const isSame = (task: ModelTask) =>
      task.subject === subject && task.entitlement === entitlement;
    return this.tasks.find((task) => isSame(task) && task.state === 'open');
  }

  /** Starts the next step. Steps whose assignee approved before are covered. */
  private begin(task: ModelTask): void {
    const approvers = task.steps
      .filter((step) => step.state === 'approved')
      .map((step) => step.decider);
    for (const step of task.steps.filter((one) => one.state === 'waiting')) {
      const assignees = findAssignees(task, step.approvers, isVouched(task));
      if (step.kind === 'approval' && assignees.some((one) => approvers.includes(one))) {
        step.state = 'covered';
        continue;
      }
      Object.assign(step, { state: 'active', assignees });
      return;
    }
  }

  private end(task: ModelTask, state: ModelTask['state']): void {
    task.state = state;
    for (const step of task.steps) {
      if (step.state === 'active' || step.state === 'waiting') step.state = 'skipped';
    }
    if (state === 'provisioned') this.grants.add(`${task.subject} ${task.entitlement}`);
  }
}

export const activeOf = (task: ModelTask) =>
  task.state === 'open' ? task.steps.find((step) => step.state === 'active') : undefined;

type Parties = Pick<ModelTask, 'subject' | 'requester'>;

const isOwn = ({ subject, requester }: Parties, who: Name) => who === subject || who === requester;

/** Whether somebody else than the subject and the requester has approved. */
const isVouched = (task: ModelTask) =>
  task.steps.some(
    ({ state, decider }) => state === 'approved' && decider !== undefined && !isOwn(task, decider),
  );

/** Returns the assignee by the policy, or the next fallback that may act. */
function findAssignees(parties: Parties, approvers: Approvers, vouched: boolean): Name[] {
  const isProvision = approvers === 'provisioner';
  const manager = managers[parties.subject];
  const candidates: Name[] = [
    ...(approvers === 'manager' && manager ? [manager] : []),
    ...(isProvision ? (['Lee'] as const) : []),
    'Kim',
    'Dana',
  ];
  const first = candidates.find((one) => !isOwn(parties, one) || (isProvision && vouched));
  return first ? [first] : [];
}
