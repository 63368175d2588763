import { Html, html } from './html.ts';
import { style } from './style.ts';

/** A whole page. @param title what stands in the tab and is read out first. */
export function document(title: string, main: Html, footer?: Html): string {
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
<main>
${main}
</main>
${footer && html`<footer>${footer}</footer>`}
</body>
</html>
`.text;
}

/** A page that says one thing. */
export function sentencePage(title: string, sentence: string): string {
  return document(title, html`<section><h1>${title}</h1>\n<p dir="auto">${sentence}</p></section>`);
}
