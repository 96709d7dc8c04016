// The health check of the container: exit code 0 when the server answers. The image has no curl.
// An argument names the setting of the port.
import { once } from 'node:events'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'

const timeoutMs = 4000
const { HOST = '127.0.0.1', HTTPS_CERT } = process.env
const [, , portSetting] = process.argv
const port = process.env[portSetting ?? 'PORT'] ?? '3000'
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
const options = { host: loopbackOf[HOST] ?? HOST, port, path: '/healthz', signal: AbortSignal.timeout(timeoutMs) }

try {
  // The certificate has a name for clients, and this process asks its own machine. Other ports have no HTTPS.
  const request =
    portSetting === undefined && HTTPS_CERT
      ? requestHttps({ ...options, rejectUnauthorized: false })
      : requestHttp(options)
  request.end()
  const [response]: IncomingMessage[] = await once(request, 'response')
  process.exitCode = response?.statusCode === 200 ? 0 : 1
  response?.destroy()
} catch {
  process.exitCode = 1
}
