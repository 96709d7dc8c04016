import { spawn } from 'node:child_process'
import { encoderArgs, firstPipe, programFormats } from './encoding.ts'
import { createMessageReader } from './mixer-messages.ts'
import { createMixer, frameBytes, frameMs } from './mixer.ts'

/**
 * The process of one streamed show: mixes what comes on standard input, and passes it to ffmpeg, which writes into the
 * pipes of this process. It ends with its standard input and with ffmpeg; its parent starts another one.
 */

/** After a standstill of this time the show goes on without what was missed. */
const maxCatchUpMs = 2000
/** ffmpeg is stuck when this much waits for it. */
const maxWaitingBytes = (3000 / frameMs) * frameBytes

const ffmpeg = spawn('ffmpeg', encoderArgs(), {
  stdio: ['pipe', 'ignore', 'inherit', ...programFormats.map((_, n) => firstPipe + n)]
})
ffmpeg.once('error', error => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
ffmpeg.once('exit', (code, signal) => {
  process.stderr.write(`ffmpeg ended: ${signal ?? code}\n`)
  process.exit(1)
})
ffmpeg.stdin?.on('error', () => {})
process.once('exit', () => ffmpeg.kill('SIGKILL'))

const mixer = createMixer()
const readMessages = createMessageReader()
process.stdin.on('data', (bytes: Buffer) => {
  for (const message of readMessages(bytes)) mixer.take(message)
})
process.stdin.once('end', () => process.exit(0))

let nextAtMs = performance.now()
// The parent learns which time the first sample has.
process.stdout.write(`${JSON.stringify({ startedAtMs: Date.now() })}\n`)

setInterval(() => {
  const nowMs = performance.now()
  if (nowMs - nextAtMs > maxCatchUpMs) process.exit(1)
  for (; nextAtMs <= nowMs; nextAtMs += frameMs) ffmpeg.stdin?.write(mixer.mix())
  if ((ffmpeg.stdin?.writableLength ?? 0) > maxWaitingBytes) process.exit(1)
}, frameMs)
