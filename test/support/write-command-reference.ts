import { writeFileSync } from 'node:fs';
import { referenceFile, renderCommandReference } from './command-reference.ts';

writeFileSync(referenceFile, renderCommandReference());
