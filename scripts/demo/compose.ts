/*
 * Composes the songs of the demo in a thread of its own: rendering one takes a few hundred milliseconds, in which the
 * thread of the voices would send none. Tells the file of each song.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { composeSongs } from './songs.ts'

for await (const file of composeSongs(String(workerData))) parentPort?.postMessage(file)
