import type { CommentView } from './details.ts';

/** A modal of Slack takes two such pages even if each character is an `&`, escaped with 5 characters. */
const charactersOnPage = 24_000;
const commentsOnPage = 20;

/**
 * Divides the comments of a task into pages, the oldest first. The last page has the newest.
 * @returns at least one page, which is empty without comments
 */
export function paginateComments(comments: readonly CommentView[]): CommentView[][] {
  const pages: CommentView[][] = [];
  let characters = 0;
  for (const comment of comments) {
    characters += comment.body.length;
    const last = pages.at(-1);
    if (last && last.length < commentsOnPage && characters <= charactersOnPage) last.push(comment);
    else {
      pages.push([comment]);
      characters = comment.body.length;
    }
  }
  return pages.length > 0 ? pages : [[]];
}

/** Chooses a page; without a valid number, the last one, which has the newest comments. */
export function choosePage(pages: readonly unknown[], chosen: number | undefined): number {
  const last = pages.length - 1;
  return chosen === undefined || !(chosen >= 0) ? last : Math.min(Math.trunc(chosen), last);
}
