import type { AmbientSocket } from './socket-data.ts'

/** Node's timers count in 31 bits. */
const longestTimerMs = 0x7fffffff

/** Says why and closes the socket; for its show that is a lost connection. */
export function expire(socket: AmbientSocket): void {
  socket.emit('session:expired', {})
  socket.disconnect(true)
}

/** Closes a socket when its token is over, unless `expiresAtMs` has moved on by then. */
export function watchExpiry(socket: AmbientSocket, nowMs: () => number): void {
  let timer: NodeJS.Timeout

  function check(): void {
    const leftMs = socket.data.expiresAtMs - nowMs()
    if (leftMs <= 0) expire(socket)
    else timer = setTimeout(check, Math.min(leftMs, longestTimerMs))
  }

  check()
  socket.once('disconnect', () => clearTimeout(timer))
}
