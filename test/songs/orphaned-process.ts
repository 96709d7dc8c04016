/*
 * node orphaned-process.ts FOLDER
 *
 * Starts a process with limits that writes its id to the file `pid` and would run for a minute.
 */
import { runLimited } from '../../plugins/app/songs/transcode/limited-process.ts'
import { findNetworkIsolation } from '../../plugins/app/songs/transcode/network-isolation.ts'

const [cwd = ''] = process.argv.slice(2)
await runLimited({
  command: process.execPath,
  args: ['-e', 'require("fs").writeFileSync("pid", String(process.pid)); setTimeout(() => {}, 60_000)'],
  cwd,
  limits: { wallMs: 60_000, cpuMs: 60_000, residentBytes: 512 * 1024 * 1024, fileBytes: 1024 },
  read: async output => {
    output.resume()
  },
  signal: new AbortController().signal,
  networkIsolation: await findNetworkIsolation()
})
