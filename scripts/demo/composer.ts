import { on } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Composes the songs of the demo in another thread, and yields the file of each. */
export async function* songsOfComposer(folder: string): AsyncGenerator<string, void, void> {
  const composer = new Worker(new URL('./compose.ts', import.meta.url), { workerData: folder })
  for await (const [file] of on(composer, 'message', { close: ['exit'] })) yield String(file)
}
