import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import t from 'tap'
import { createHttpsServer, followCertificate } from '../../../../plugins/app/http/https-server.ts'
import { ensureCertificates } from '../../../../scripts/start/lan/certificates.ts'
import { until } from '../../../until.ts'

const dayMs = 24 * 3_600_000
const silent = { info() {}, error() {} }

/** Returns the serial number of the certificate with which the server answers. */
async function serialOf(server: Server, ca: string): Promise<string> {
  const { port } = server.address() as AddressInfo
  const asked = request({ host: '127.0.0.1', port, ca, agent: false }).end()
  const [answer] = await once(asked, 'response')
  const { serialNumber } = (answer.socket as TLSSocket).getPeerCertificate()
  answer.resume()
  return serialNumber
}

t.test('a renewed certificate is taken without a restart, an unusable one is not', async t => {
  const folder = t.testdir()
  const { authorityFile, serverFile } = await ensureCertificates(folder, '127.0.0.1', Date.now() - 61 * dayMs)
  const files = { certificateFile: serverFile, keyFile: serverFile }
  const ca = new X509Certificate(readFileSync(authorityFile)).toString()
  const server = createHttpsServer(files, {}, (_, response) => response.end('here'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const lines: string[] = []
  const keep = (...args: unknown[]) => {
    lines.push(String(args.at(-1)))
  }
  const logger = { info: keep, error: keep }
  const stop = followCertificate(server, files, logger, 10)
  t.teardown(() => {
    stop()
    server.close()
  })

  const first = await serialOf(server, ca)
  t.same(lines, [], 'the first certificate is not a renewed one')
  await ensureCertificates(folder, '127.0.0.1')
  await until(() => lines.includes('certificate of HTTPS renewed'), 5000)
  const second = await serialOf(server, ca)
  t.not(second, first)

  writeFileSync(serverFile, 'nothing')
  await until(() => lines.includes('certificate of HTTPS cannot be used'), 5000)
  t.equal(await serialOf(server, ca), second, 'the server keeps what it has')
})

t.test('files that cannot be used are an error at the start', async t => {
  const folder = t.testdir()
  const { serverFile } = await ensureCertificates(join(folder, 'one'), '127.0.0.1')
  const files = { certificateFile: serverFile, keyFile: serverFile }
  const another = await ensureCertificates(join(folder, 'another'), '127.0.0.1')
  const mixed = { certificateFile: serverFile, keyFile: another.serverFile }
  t.throws(() => createHttpsServer(mixed, {}, () => {}), /key values mismatch/i)
  rmSync(serverFile)
  t.throws(() => createHttpsServer(files, {}, () => {}), { code: 'ENOENT' })
})

t.test('a server without HTTPS follows no certificate', async () => {
  followCertificate(createServer(), { certificateFile: '/none', keyFile: '/none' }, silent)()
})
