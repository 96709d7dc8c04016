import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { measure } from '../../plugins/app/songs/transcode/ffmpeg.ts'
import {
  runLimited,
  type LimitedOutcome,
  type ProcessLimits
} from '../../plugins/app/songs/transcode/limited-process.ts'
import { processSong } from '../../plugins/app/songs/transcode/transcode.ts'
import { until } from '../realtime/real-app.ts'
import { makeFile } from './files.ts'

const mebibyte = 1024 * 1024
const generous: ProcessLimits = { wallMs: 60_000, cpuMs: 60_000, residentBytes: 512 * mebibyte, fileBytes: mebibyte }
const folder = await mkdtemp(join(tmpdir(), 'ambient-limits-'))
t.teardown(async () => await rm(folder, { recursive: true, force: true }))

/** Runs a script of Node's under limits. */
async function run(
  script: string,
  limits: Partial<ProcessLimits> = {},
  signal = new AbortController().signal
): Promise<LimitedOutcome & { printed: string }> {
  let printed = ''
  const outcome = await runLimited({
    command: process.execPath,
    args: ['-e', script],
    cwd: folder,
    limits: { ...generous, ...limits },
    async read(output) {
      for await (const chunk of output) printed += String(chunk)
    },
    signal
  })
  return { ...outcome, printed }
}

t.test('a process within its limits', async t => {
  t.match(
    await run(
      'console.log(process.env.HOME, process.env.NODE_OPTIONS, require("os").getPriority()); console.error("oh"); process.exitCode = 3'
    ),
    { code: 3, tooMuch: null, errors: 'oh\n', printed: 'undefined undefined 10\n' }
  )
})

t.test('too much memory', async t => {
  t.match(
    await run('const kept = []; setInterval(() => kept.push(Buffer.alloc(16 * 1024 * 1024, 1)), 5)', {
      residentBytes: 200 * mebibyte
    }),
    { tooMuch: 'memory' }
  )
})

t.test('too much of a processor', async t => {
  t.match(await run('for (;;);', { cpuMs: 1000 }), { tooMuch: 'kernel' })
})

t.test('stuck without using anything', async t => {
  t.match(await run('setInterval(() => {}, 1000)', { wallMs: 500 }), { tooMuch: 'time' })
})

t.test('too large a file', async t => {
  const { code, tooMuch } = await run('require("fs").writeFileSync("large", Buffer.alloc(3 * 1024 * 1024))')
  t.ok(code !== 0 || tooMuch === 'output')
  t.ok((await readFile(join(folder, 'large'))).length <= mebibyte)
})

t.test('broken off', async t => {
  const stop = new AbortController()
  const running = run('setInterval(() => {}, 1000)', {}, stop.signal)
  stop.abort(new Error('no more'))
  await t.rejects(running, { message: 'no more' })
  await t.rejects(run('1', {}, stop.signal), { message: 'no more' })
})

t.test('what is not installed is said to be', async t => {
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
    { name: 'ProgramMissing' }
  )
})

t.test('a process does not outlive who started it, however that ends', async t => {
  const parent = join(import.meta.dirname, 'orphan-maker.ts')
  const child = spawn(process.execPath, [parent, folder], { stdio: 'ignore' })
  let pid = NaN
  await until(async () => {
    pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => NaN))
    return pid > 0
  })
  child.kill('SIGKILL')
  await until(async () => !(await readdir('/proc')).includes(String(pid)))
  t.pass('it is gone')
})

/** Makes a song of a file in a folder of its own. */
async function make(file: Buffer, { timeLimitMs = 60_000, longestMs = 3_600_000 } = {}) {
  const own = await mkdtemp(join(folder, 'song-'))
  await writeFile(join(own, 'upload'), file)
  return await processSong({
    folder: own,
    fileName: 'upload',
    frameMs: 60,
    timeLimitMs,
    longestMs,
    signal: new AbortController().signal,
    readTags: () => ({ title: null, artist: null, album: null, durationMs: null, picture: null }),
    onProgress() {}
  })
}

t.test('a small file of many hours takes no more than it may', async t => {
  const silence = await makeFile('long.flac', ['-ac', '1', '-ar', '8000'], 'anullsrc=duration=7200')
  t.ok(silence.length < 2_000_000, `two hours in ${silence.length} bytes`)
  await t.rejects(make(silence, { longestMs: 60_000 }), { name: 'SongFault', reason: 'tooLong' })
  await t.rejects(make(silence, { timeLimitMs: 1000 }), { name: 'SongFault', reason: 'tooDemanding' })
})

t.test('frames of 60 ms, and silence that has no loudness', async t => {
  const { durationMs, peaks, sizeBytes } = await make(await makeFile('quiet.wav', [], 'anullsrc=duration=5'))
  t.equal(durationMs, 84 * 60, 'so many packets make it')
  t.same(new Set(peaks), new Set([0]))
  t.ok(sizeBytes < 20_000)
})

t.test('a playlist under another name reads no other file', async t => {
  const secret = join(folder, 'secret.mp3')
  await writeFile(secret, await makeFile('a.mp3', []))
  const lists = [
    `#EXTM3U\n#EXTINF:3,\nfile://${secret}\n`,
    `ffconcat version 1.0\nfile '${secret}'\n`,
    `<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="${secret}"/></svg>`
  ]
  for (const list of lists) {
    await t.rejects(make(Buffer.from(list)), { name: 'SongFault', reason: 'notAudio' })
    // Also where its first bytes were believed.
    for (const demuxer of ['mp3', 'mov', 'ogg', 'wav', 'flac', 'matroska', 'aac', 'aiff']) {
      const own = await mkdtemp(join(folder, 'list-'))
      await writeFile(join(own, 'list'), list)
      await t.rejects(
        measure(
          {
            folder: own,
            fileName: 'list',
            format: { demuxer, extension: 'x' },
            timeLimitMs: 10_000,
            longestMs: 10_000,
            signal: new AbortController().signal
          },
          () => {}
        ),
        { name: 'SongFault', reason: 'notAudio' },
        demuxer
      )
    }
  }
})
