import { z } from 'zod';
import { approverWords, type StepEdit, stepKindsOf } from '../../governance/policies/steps.ts';
import { formCodec } from './codec.ts';
import { json, keyOf } from './parts.ts';

/** A policy in editing. Its form keeps it until it is saved. */
export interface PolicyDraft {
  /** undefined for a new policy. */
  id?: number | undefined;
  version: number;
  kind: keyof typeof stepKindsOf;
  builtIn: boolean;
  isDefault: boolean;
  /** In their order. The last step provisions or deprovisions, whatever its kind says. */
  steps: StepEdit[];
  /** The window and page of the list below the form. The list is drawn again after saving. */
  window: string;
  page: number;
}

/** Sets the kinds of steps by their order: the last one carries out what the others decide. */
export function toStepOrder(kind: PolicyDraft['kind'], steps: readonly StepEdit[]): StepEdit[] {
  const { decide, carryOut } = stepKindsOf[kind];
  return steps.map((step, at) => ({ ...step, kind: at === steps.length - 1 ? carryOut : decide }));
}

/** Options have one-letter keys, because a form carries at most 3,000 characters. */
const letters = {
  people: 'p',
  userGroup: 'g',
  reassignTo: 't',
  quorum: 'q',
  allowSelfApproval: 's',
  distinctApprovers: 'd',
  approverMayProvision: 'm',
  allowDelegation: 'l',
  reasonToApprove: 'r',
  decideByEmail: 'b',
  remindAfterHours: 'h',
  escalateAfterHours: 'e',
} as const satisfies Record<keyof StepEdit['options'], string>;
const names = Object.fromEntries(Object.entries(letters).map(([name, letter]) => [letter, name]));

const flag = z.boolean().exactOptional();
const count = z.int().min(1).exactOptional();
const unknownOptions = z.record(z.string(), z.unknown());
const options = z
  .codec(unknownOptions, unknownOptions, {
    decode: (packed) => renameKeys(packed, names),
    encode: (unpacked) => renameKeys(unpacked, letters),
  })
  .pipe(
    z.strictObject({
      people: z.array(z.int().min(1)).exactOptional(),
      userGroup: z.string().exactOptional(),
      reassignTo: z.enum(['anyone', 'owners']).exactOptional(),
      quorum: count,
      allowSelfApproval: flag,
      distinctApprovers: flag,
      approverMayProvision: flag,
      allowDelegation: flag,
      reasonToApprove: flag,
      decideByEmail: flag,
      remindAfterHours: count,
      escalateAfterHours: count,
    } satisfies Record<keyof StepEdit['options'], z.ZodType>),
  );

function renameKeys(values: Record<string, unknown>, keys: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [keys[key] ?? key, value]),
  );
}

const draft = z.codec(
  z.strictObject({
    id: z.int().min(1).exactOptional(),
    version: z.int().min(0),
    kind: keyOf(stepKindsOf),
    builtIn: z.boolean(),
    isDefault: z.boolean(),
    window: z.string(),
    page: z.int().min(0),
    steps: z.array(z.tuple([keyOf(approverWords), z.boolean(), options])),
  }),
  z.custom<PolicyDraft>(),
  {
    decode: ({ steps, ...head }) => ({ ...head, steps: toSteps(head.kind, steps) }),
    encode: ({ id, steps, ...head }) => ({
      ...(id ? { id } : {}),
      ...head,
      steps: steps.map(packStep),
    }),
  },
);
export const draftForm = formCodec(json(draft));

/** A step in its form: its index, its draft, the window of the draft, and the policy name typed there. */
export const stepDraftForm = formCodec(
  json(z.strictObject({ window: z.string(), at: z.int().min(0), name: z.string(), draft })),
);

type PackedStep = [StepEdit['approvers'], boolean, StepEdit['options']];

function packStep({ approvers, reassignable, options }: StepEdit): PackedStep {
  return [approvers, reassignable, options];
}

function toSteps(kind: PolicyDraft['kind'], steps: readonly PackedStep[]): StepEdit[] {
  const unordered = steps.map(([approvers, reassignable, options]) => ({
    ...{ kind: stepKindsOf[kind].decide, approvers, reassignable, options },
  }));
  return toStepOrder(kind, unordered);
}
