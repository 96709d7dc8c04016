import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { measure } from '../../plugins/app/songs/transcode/encoding.ts'
import {
  runLimited,
  type ProcessLimits,
  type ProcessOutcome
} from '../../plugins/app/songs/transcode/limited-process.ts'
import { until } from '../realtime/real-app.ts'
import { makeFile } from './files.ts'
import { transcoded } from './transcoding.ts'

const mebibyte = 1024 * 1024
const generous: ProcessLimits = { wallMs: 60_000, cpuMs: 60_000, residentBytes: 512 * mebibyte, fileBytes: mebibyte }
const folder = await mkdtemp(join(tmpdir(), 'ambient-limits-'))
t.teardown(async () => await rm(folder, { recursive: true, force: true }))

/** Runs a Node.js script with limits. */
async function runScript(
  script: string,
  limits: Partial<ProcessLimits> = {},
  signal = new AbortController().signal
): Promise<ProcessOutcome & { stdout: string }> {
  let stdout = ''
  const outcome = await runLimited({
    command: process.execPath,
    args: ['-e', script],
    cwd: folder,
    limits: { ...generous, ...limits },
    async read(output) {
      for await (const chunk of output) stdout += String(chunk)
    },
    signal
  })
  return { ...outcome, stdout }
}

t.test('a process within its limits runs without our environment, at low priority', async t => {
  t.match(
    await runScript(
      'console.log(process.env.HOME, process.env.NODE_OPTIONS, require("os").getPriority()); ' +
        'console.error("oh"); process.exitCode = 3'
    ),
    { code: 3, exceeded: null, stderrTail: 'oh\n', stdout: 'undefined undefined 10\n' }
  )
})

t.test('the memory limit ends a process', async t => {
  t.match(
    await runScript('const kept = []; setInterval(() => kept.push(Buffer.alloc(16 * 1024 * 1024, 1)), 5)', {
      residentBytes: 200 * mebibyte
    }),
    { exceeded: 'memory' }
  )
})

t.test('the CPU time limit ends a process', async t => {
  t.match(await runScript('for (;;);', { cpuMs: 1000 }), { exceeded: 'kernel' })
})

t.test('the wall time limit ends a process that hangs', async t => {
  t.match(await runScript('setInterval(() => {}, 1000)', { wallMs: 500 }), { exceeded: 'time' })
})

t.test('the file size limit stops a write', async t => {
  const { code, exceeded } = await runScript('require("fs").writeFileSync("large", Buffer.alloc(3 * 1024 * 1024))')
  t.ok(code !== 0 || exceeded === 'output')
  t.ok((await readFile(join(folder, 'large'))).length <= mebibyte)
})

t.test('an abort ends a process with the reason of the signal', async t => {
  const controller = new AbortController()
  const running = runScript('setInterval(() => {}, 1000)', {}, controller.signal)
  controller.abort(new Error('no more'))
  await t.rejects(running, { message: 'no more' })
  await t.rejects(runScript('1', {}, controller.signal), { message: 'no more' })
})

t.test('a program that is not installed is reported by a named error', async t => {
  await t.rejects(
    runLimited({
      command: 'no-such-program',
      args: [],
      cwd: folder,
      limits: generous,
      read: async output => {
        output.resume()
      },
      signal: new AbortController().signal
    }),
    { name: 'ProgramNotInstalledError' }
  )
})

t.test('a process dies with its parent, even when the parent is killed', async t => {
  const parent = join(import.meta.dirname, 'orphaned-process.ts')
  const child = spawn(process.execPath, [parent, folder], { stdio: 'ignore' })
  let pid = NaN
  await until(async () => {
    pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => NaN))
    return pid > 0
  })
  child.kill('SIGKILL')
  await until(async () => !(await readdir('/proc')).includes(String(pid)))
  t.pass('the process is gone')
})

t.test('a small file with hours of audio stays within the limits', async t => {
  const silence = await makeFile('long.flac', [], 'anullsrc=sample_rate=8000:channel_layout=mono:duration=7200')
  t.ok(silence.length < 2_000_000, `two hours in ${silence.length} bytes`)
  await t.rejects(transcoded(silence, { maxDurationMs: 60_000 }), { name: 'TranscodeError', reason: 'tooLong' })
  await t.rejects(transcoded(silence, { timeLimitMs: 1000 }), { name: 'TranscodeError', reason: 'tooDemanding' })
})

t.test('silence, which has no loudness, is transcoded into whole frames of 60 ms', async t => {
  const { durationMs, peaks, sizeBytes } = await transcoded(await makeFile('quiet.wav', [], 'anullsrc=duration=5'))
  t.equal(durationMs, 84 * 60, 'the duration is that of whole packets')
  t.same(new Set(peaks), new Set([0]))
  t.ok(sizeBytes < 20_000)
})

t.test('a playlist with the name of an audio file opens no other file', async t => {
  const secret = join(folder, 'secret.mp3')
  await writeFile(secret, await makeFile('a.mp3', []))
  const playlists = [
    `#EXTM3U\n#EXTINF:3,\nfile://${secret}\n`,
    `ffconcat version 1.0\nfile '${secret}'\n`,
    `<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="${secret}"/></svg>`
  ]
  for (const playlist of playlists) {
    await t.rejects(transcoded(Buffer.from(playlist)), { name: 'TranscodeError', reason: 'notAudio' })
    // Every demuxer rejects it too, should its first bytes be taken for those of a format.
    for (const demuxer of ['mp3', 'mov', 'ogg', 'wav', 'flac', 'matroska', 'aac', 'aiff']) {
      const listFolder = await mkdtemp(join(folder, 'list-'))
      await writeFile(join(listFolder, 'list'), playlist)
      await t.rejects(
        measure(
          {
            folder: listFolder,
            parts: [{ fileName: 'list', heldMs: null }],
            format: { demuxer, extension: 'x' },
            timeLimitMs: 10_000,
            maxDurationMs: 10_000,
            signal: new AbortController().signal
          },
          () => {}
        ),
        { name: 'TranscodeError', reason: 'notAudio' },
        demuxer
      )
    }
  }
})
