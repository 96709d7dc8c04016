import { Writable } from 'node:stream'

/** A stream for a logger of pino, which keeps what is logged. */
export interface CapturedLog {
  readonly stream: Writable
  /** Returns everything logged since the start or the last `clear`. */
  text(): string
  clear(): void
}

export function captureLog(): CapturedLog {
  let logged = ''
  return {
    stream: new Writable({
      write(line, _encoding, done) {
        logged += String(line)
        done()
      }
    }),
    text: () => logged,
    clear() {
      logged = ''
    }
  }
}
