/** Writes a stint into a spool until it is killed, and prints the number of pages of audio so far. */
import { openSpool } from '../../../../plugins/app/recordings/spool.ts'
import { openSpoolFile } from '../../../../plugins/app/recordings/spool-file.ts'
import { voicePages } from './stints.ts'

const [, , folder = '', stintId = '', startedAt = ''] = process.argv
const spool = await openSpool(folder)
const file = await openSpoolFile({
  paths: spool.pathsOf(stintId),
  async assertSpace() {},
  onFailed(error) {
    throw error
  }
})
const pages = voicePages(10_000)
file.append(Buffer.concat(pages.splice(0, 2)))
let written = 0
setInterval(() => {
  file.mark({ samples: written * 48_000, atMs: Number(startedAt) + written * 1000 })
  file.append(pages[written]!)
  process.stdout.write(`${++written}\n`)
}, 5)
