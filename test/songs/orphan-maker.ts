/*
 * node orphan-maker.ts FOLDER
 *
 * Starts a process under limits that writes its id down and would run for a minute.
 */
import { runLimited } from '../../plugins/app/songs/transcode/limited-process.ts'
import { findOwnNetwork } from '../../plugins/app/songs/transcode/own-network.ts'

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
  ownNetwork: await findOwnNetwork()
})
