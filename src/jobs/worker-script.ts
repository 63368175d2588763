/**
 * The script of a worker thread of this folder, for `new Worker(script, { eval })`. In Node 20 a worker does not get
 * the TypeScript loader of --import, so in a checkout the script registers one itself.
 */
export function workerScript(name: string): { script: URL | string; eval: boolean } {
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(`./${name}.${isSource ? 'ts' : 'js'}`, import.meta.url);
  return isSource
    ? {
        script: `import('tsx/esm/api').then((tsx) => (tsx.register(), import(${JSON.stringify(url.href)})))`,
        eval: true,
      }
    : { script: url, eval: false };
}
