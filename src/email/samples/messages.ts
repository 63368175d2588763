import { listAdminSamples } from './admin-mails.ts';
import { listDigestSamples } from './digest-mails.ts';
import { listNoticeSamples } from './notice-mails.ts';
import type { SampleMail } from './sample-mail.ts';
import { listTaskSamples } from './task-mails.ts';

/** Lists a sample of every kind of mail, in the order of a request's life. */
export function listSampleMails(): SampleMail[] {
  return [
    ...listTaskSamples(),
    ...listDigestSamples(),
    ...listNoticeSamples(),
    ...listAdminSamples(),
  ];
}
