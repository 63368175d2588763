import { Html, html } from './html.ts';
import { style } from './style.ts';

/** What stands around the content of a page. */
export interface PageFrame {
  /** The links to the other pages of an inbox. */
  nav?: Html | undefined;
  footer?: Html | undefined;
}

/** Renders a whole page. @param title the text of the tab, which screen readers read first. */
export function renderDocument(title: string, main: Html, { nav, footer }: PageFrame = {}): string {
  return html`<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Rolemine</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header>Rolemine</header>
${nav}
<main>
${main}
</main>
${footer && html`<footer>${footer}</footer>`}
</body>
</html>
`.text;
}

/** Renders a page with a title and one sentence. */
export function renderSentencePage(title: string, sentence: string): string {
  return renderDocument(
    title,
    html`<section><h1>${title}</h1>\n<p dir="auto">${sentence}</p></section>`,
  );
}
