// The container's health check: exit code 0 while the server in it answers. There is no curl in the image.
const { HOST = '127.0.0.1', PORT = '3000' } = process.env
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
const host = everywhere[HOST] ?? HOST
const address = host.includes(':') ? `[${host}]` : host

try {
  const { status } = await fetch(`http://${address}:${PORT}/healthz`, { signal: AbortSignal.timeout(4000) })
  process.exitCode = status === 200 ? 0 : 1
} catch {
  process.exitCode = 1
}
