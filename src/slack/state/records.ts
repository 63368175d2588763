import { buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotted, rowId, whole } from './parts.ts';

// What buttons and forms about any kind of record carry. The action says which kind it is.

export const idButton = buttonCodec(rowId);
export const idOption = optionCodec(rowId);
export const idForm = formCodec(rowId);

/** A record as it was drawn: an edit of another version is a conflict. */
const versioned = dotted({ id: rowId, version: whole });
export const versionButton = buttonCodec(versioned);
export const versionForm = formCodec(versioned);

/** The page of a list to turn to, and the page that a window shows. The first is 0. */
export const pageButton = buttonCodec(whole);
export const pageForm = formCodec(whole);

/** The index of one line among those that a form lists. */
export const lineButton = buttonCodec(whole);

/** A number as an option: hours, people that somebody confirms. */
export const numberOption = optionCodec(whole);

/** A number of something that a person confirms by submitting the form. */
export const confirmationForm = formCodec(dotted({ id: rowId, confirmed: whole }));
