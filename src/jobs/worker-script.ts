/**
 * The code of a worker thread of this folder, as `new Worker(script, { eval })` takes it. Node 20 gives a worker
 * no loader for TypeScript by --import, so that in a checkout it registers one itself.
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
