import type { PersonalMessage } from '../../governance/messages/messages.ts';
import { describeOutcome } from '../../governance/task-cards/outcome-card.ts';
import { describeStep, type TaskCard } from '../../governance/task-cards/step-card.ts';
import type { TaskView } from '../../governance/task-cards/task-view.ts';
import { joinSentences } from '../../governance/wording/sentences.ts';
import { samplePeople } from './people.ts';

export type SampleMessage = PersonalMessage['message'];
type Person = PersonalMessage['person'];

/** A mail with made-up people and access. */
export interface SampleMail {
  /** The name of its files, without the extension. */
  name: string;
  /** The situation, for the list of samples. */
  about: string;
  personalMessage: PersonalMessage;
}

/** Builds a sample mail of any message. */
export function buildSample(
  name: string,
  about: string,
  person: Person,
  message: SampleMessage,
): SampleMail {
  return {
    name,
    about,
    personalMessage: {
      key: { recipientId: person.id, kind: 'step', subjectId: 1042 },
      person,
      identity: undefined,
      message,
      isNews: true,
      isRetry: false,
      urgent: false,
    },
  };
}

/** Builds the sample mail of a task's active step. */
export function buildStepSample(
  name: string,
  about: string,
  reader: Person,
  view: TaskView,
): SampleMail {
  return buildTaskSample(name, about, reader, (id) => describeStep(view, view.active?.id ?? 0, id));
}

/** Builds the sample mail that tells Ana how her request ended. */
export function buildOutcomeSample(name: string, about: string, view: TaskView): SampleMail {
  return buildTaskSample(name, about, samplePeople.ana, (id) => describeOutcome(view, id));
}

/** Builds the sample mail of a task's card. */
export function buildTaskSample(
  name: string,
  about: string,
  reader: Person,
  describe: (readerId: number) => TaskCard,
): SampleMail {
  return buildSample(name, about, reader, { kind: 'task', card: describe(reader.id) });
}

/** Builds the sample mail of a notice: a title and one sentence a line. */
export function buildNoticeSample(
  name: string,
  about: string,
  reader: Person,
  [title = '', ...lines]: string[],
): SampleMail {
  const notice = { title, lines, summary: joinSentences([title, ...lines]) };
  return buildSample(name, about, reader, { kind: 'notice', notice });
}
