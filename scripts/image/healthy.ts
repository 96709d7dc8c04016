// The health check of the container: exit code 0 when the server answers. The image has no curl.
const { HOST = '127.0.0.1', PORT = '3000' } = process.env
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
const host = loopbackOf[HOST] ?? HOST
const address = host.includes(':') ? `[${host}]` : host

try {
  const { status } = await fetch(`http://${address}:${PORT}/healthz`, { signal: AbortSignal.timeout(4000) })
  process.exitCode = status === 200 ? 0 : 1
} catch {
  process.exitCode = 1
}
