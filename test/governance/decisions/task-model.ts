/**
 * A model of tasks as docs/governance.md#tasks tells of them, simple enough to be read at once: who holds a step,
 * what a decision does, what the trail says. The product is compared with it in random journeys.
 */
export type Name = 'Ana' | 'Bo' | 'Cy' | 'Kim' | 'Lee' | 'Dana';
export const names: readonly Name[] = ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana'];

/** Bo manages Ana and Cy and is managed by Dana; Kim owns and Lee provisions what is asked for; Dana is Super Admin. */
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
  holders: Name[];
  decider: Name | undefined;
}

export interface ModelTask {
  id: number;
  subject: Name;
  requester: Name;
  right: number;
  state: 'open' | 'provisioned' | 'denied' | 'not_provisioned' | 'cancelled';
  steps: ModelStep[];
  trail: string[];
}

export class Model {
  tasks: ModelTask[] = [];
  /** "Ana 2": who holds which right. */
  held = new Set<string>();

  mayAsk(requester: Name, subject: Name, right: number, policy: number): boolean {
    const may = requester === subject || managers[subject] === requester || requester === 'Dana';
    const isNew = !this.held.has(`${subject} ${right}`) && !this.openTask(subject, right);
    const hasDeciders = approvals
      .slice(0, policy)
      .every((approvers) => holdersOf({ subject, requester }, { approvers }).length > 0);
    return may && isNew && hasDeciders;
  }

  ask(id: number, requester: Name, subject: Name, right: number, policy: number): void {
    const kinds = [...approvals.slice(0, policy), 'provisioner' as const];
    const steps = kinds.map((approvers): ModelStep => {
      const kind = approvers === 'provisioner' ? 'provision' : 'approval';
      return { kind, approvers, state: 'waiting', holders: [], decider: undefined };
    });
    const task: ModelTask = { id, subject, requester, right, state: 'open', steps, trail: [] };
    task.trail.push('task.open');
    this.tasks.push(task);
    this.begin(task);
  }

  mayDecide(task: ModelTask, who: Name): boolean {
    const step = activeOf(task);
    if (!step?.holders.includes(who)) return false;
    return step.kind === 'provision' || (who !== task.subject && who !== task.requester);
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
    if (!step || !(step.holders.includes(by) || by === 'Dana') || step.holders.includes(to))
      return false;
    return step.kind === 'provision' || (to !== task.subject && to !== task.requester);
  }

  reassign(task: ModelTask, by: Name, to: Name): void {
    const step = activeOf(task)!;
    const stay = step.holders.includes(by) ? step.holders.filter((one) => one !== by) : [];
    step.holders = [...stay, to];
    task.trail.push('step.reassign');
  }

  mayTakeBack(task: ModelTask, who: Name): boolean {
    return task.state === 'open' && (who === task.requester || who === task.subject);
  }

  takeBack(task: ModelTask): void {
    task.trail.push('task.cancel');
    this.end(task, 'cancelled');
  }

  mayIntervene(task: ModelTask, who: Name, what: 'skip' | 'restart'): boolean {
    if (who !== 'Dana') return false;
    if (what === 'skip')
      return activeOf(task) !== undefined && activeOf(task) !== task.steps.at(-1);
    if (task.steps.some((step) => step.state === 'provisioned')) return false;
    const open = this.openTask(task.subject, task.right);
    return open === undefined || open === task;
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

  private openTask(subject: Name, right: number): ModelTask | undefined {
    const isSame = (task: ModelTask) => task.subject === subject && task.right === right;
    return this.tasks.find((task) => isSame(task) && task.state === 'open');
  }

  /** The next step that nobody has decided already by an earlier approval. */
  private begin(task: ModelTask): void {
    const approvers = task.steps
      .filter((step) => step.state === 'approved')
      .map((step) => step.decider);
    for (const step of task.steps.filter((one) => one.state === 'waiting')) {
      const holders = holdersOf(task, step);
      if (step.kind === 'approval' && holders.some((one) => approvers.includes(one))) {
        step.state = 'covered';
        continue;
      }
      Object.assign(step, { state: 'active', holders });
      return;
    }
  }

  private end(task: ModelTask, state: ModelTask['state']): void {
    task.state = state;
    for (const step of task.steps) {
      if (step.state === 'active' || step.state === 'waiting') step.state = 'skipped';
    }
    if (state === 'provisioned') this.held.add(`${task.subject} ${task.right}`);
  }
}

export const activeOf = (task: ModelTask) =>
  task.state === 'open' ? task.steps.find((step) => step.state === 'active') : undefined;

/** Whom the policy names, or the next in line who may act. */
function holdersOf(
  { subject, requester }: Pick<ModelTask, 'subject' | 'requester'>,
  { approvers }: Pick<ModelStep, 'approvers'>,
): Name[] {
  if (approvers === 'provisioner') return ['Lee'];
  const line: (Name | undefined)[] = [
    ...(approvers === 'manager' ? [managers[subject]] : []),
    'Kim',
    'Dana',
  ];
  const first = line.find((one) => one && one !== subject && one !== requester);
  return first ? [first] : [];
}
