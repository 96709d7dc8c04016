// The health check of the container: exit code 0 when the server answers. The image has no curl.
// An argument names the setting of the port.
const { HOST = '127.0.0.1' } = process.env
const port = process.env[process.argv[2] ?? 'PORT'] ?? '3000'
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
const host = loopbackOf[HOST] ?? HOST
const address = host.includes(':') ? `[${host}]` : host

try {
  const { status } = await fetch(`http://${address}:${port}/healthz`, { signal: AbortSignal.timeout(4000) })
  process.exitCode = status === 200 ? 0 : 1
} catch {
  process.exitCode = 1
}
