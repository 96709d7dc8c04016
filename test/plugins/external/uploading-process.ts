import { randomBytes } from 'node:crypto'
import { openPlace } from './storage-place.ts'

/*
 * node uploading-process.ts PLACE
 *
 * Puts two objects whose sources never end, prints `started` when much of both was read, and waits to be killed.
 */
const { storage } = await openPlace(JSON.parse(process.argv[2] ?? ''))
const mebibyte = 1024 * 1024
const mebibytes = 28
let started = 0

async function* endless(): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < mebibytes; n++) yield randomBytes(mebibyte)
  if (++started === 2) console.log('started')
  await new Promise(resolve => setTimeout(resolve, 2 ** 31 - 1))
}

await Promise.all(['kept', 'new'].map(async key => await storage.put(key, endless())))
