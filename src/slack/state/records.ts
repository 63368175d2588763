import { z } from 'zod';
import { buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotted, rowId, wholeNumber } from './parts.ts';

// The values of buttons and forms for any kind of record. The action id tells the kind.

export const idButton = buttonCodec(rowId);
export const idOption = optionCodec(rowId);
export const idForm = formCodec(rowId);

/** The command line that a button runs. */
export const commandButton = buttonCodec(z.string().regex(/^[a-z]/));

/** The version of a record that was shown: an edit of another version is a conflict. */
const versioned = dotted({ id: rowId, version: wholeNumber });
export const versionButton = buttonCodec(versioned);
export const versionForm = formCodec(versioned);

/** The page to turn to, and the shown page. The first is 0. */
export const pageButton = buttonCodec(wholeNumber);
export const pageForm = formCodec(wholeNumber);

/** The index of a line in a form. */
export const lineButton = buttonCodec(wholeNumber);

/** A number as an option, such as an hour. */
export const numberOption = optionCodec(wholeNumber);

/** The number that a person confirms by submitting the form. */
export const confirmationForm = formCodec(dotted({ id: rowId, confirmed: wholeNumber }));
