import type { AmbientSocket } from './socket-data.ts'

/** Maximum delay of a Node.js timer. */
const maxTimerMs = 0x7fffffff

/** Tells the client why and closes the socket. For its show that is a lost connection. */
export function expire(socket: AmbientSocket): void {
  socket.emit('session:expired', {})
  socket.disconnect(true)
}

/** Closes a socket when its token expires, unless `expiresAtMs` has moved on by then. */
export function watchExpiry(socket: AmbientSocket, nowMs: () => number): void {
  let timer: NodeJS.Timeout

  function check(): void {
    const leftMs = socket.data.expiresAtMs - nowMs()
    if (leftMs <= 0) expire(socket)
    else timer = setTimeout(check, Math.min(leftMs, maxTimerMs))
  }

  check()
  socket.once('disconnect', () => clearTimeout(timer))
}
