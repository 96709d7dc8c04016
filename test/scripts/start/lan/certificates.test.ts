import 'reflect-metadata'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { X509Certificate } from 'node:crypto'
import {
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate as SignedCertificate,
  X509CertificateGenerator
} from '@peculiar/x509'
import t from 'tap'
import { ensureCertificates } from '../../../../scripts/start/lan/certificates.ts'

const dayMs = 24 * 3_600_000

/** Connects to a server with these certificates, as to this address. Returns an error of the client. */
async function handshake(files: { authorityFile: string; serverFile: string }, address?: string) {
  const pem = readFileSync(files.serverFile)
  const server = createServer({ cert: pem, key: pem }, socket => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const ca = new X509Certificate(readFileSync(files.authorityFile)).toString()
    const socket = connect({ port, host: '127.0.0.1', ca, checkServerIdentity: (_, certificate) => check(certificate) })
    const check = ({ raw }: { raw: Buffer }) =>
      address !== undefined && new X509Certificate(raw).checkIP(address) === undefined
        ? new Error('another address')
        : undefined
    await once(socket, 'secureConnect')
    socket.destroy()
    return undefined
  } catch (error) {
    return error
  } finally {
    server.close()
  }
}

/** Returns a certificate for these names, signed with the key of an authority, and its key. */
async function signedBy(authority: string, names: readonly { type: 'ip' | 'dns'; value: string }[]): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [certificate, key] = PemConverter.decodeWithHeaders(authority)
  const signed = await X509CertificateGenerator.create({
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + dayMs),
    issuer: new SignedCertificate(certificate!.rawData).subject,
    subject: 'CN=Signed by a thief',
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey('pkcs8', key!.rawData, algorithm, false, ['sign']),
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([...names])]
  })
  return `${signed.toString('pem')}\n${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')}`
}

t.test('clients that trust the authority trust the server at its address, and no other', async t => {
  const folder = t.testdir()
  for (const address of ['192.168.1.5', '127.0.0.1', '192.0.2.7']) {
    const files = await ensureCertificates(join(folder, address.replaceAll('.', '-')), address)
    t.equal(await handshake(files, address), undefined, address)
    t.match(await handshake(files, '192.168.1.6'), { message: 'another address' })
  }
})

t.test('the authority certifies no website, whoever has its key', async t => {
  const folder = t.testdir()
  const { authorityFile } = await ensureCertificates(folder, '192.168.1.5')
  const authority = readFileSync(authorityFile, 'utf8')
  for (const [names, isTrusted] of [
    [[{ type: 'ip', value: '10.9.8.7' }], true],
    [[{ type: 'ip', value: '203.0.113.7' }], false],
    [[{ type: 'ip', value: '2001:db8::1' }], false],
    [[{ type: 'dns', value: 'www.example.org' }], false]
  ] as const) {
    const serverFile = join(folder, 'signed.pem')
    writeFileSync(serverFile, await signedBy(authority, names))
    const error = await handshake({ authorityFile, serverFile })
    if (isTrusted) t.equal(error, undefined)
    else t.match(error, { message: 'permitted subtree violation' }, names[0].value)
  }
})

t.test('an authority stays in another local network, and one with other limits is replaced', async t => {
  const folder = t.testdir()
  const { authorityFile } = await ensureCertificates(folder, '192.168.1.5')
  const first = readFileSync(authorityFile, 'utf8')
  await ensureCertificates(folder, '10.0.0.9')
  t.equal(readFileSync(authorityFile, 'utf8'), first, 'phones keep their trust in another local network')
  writeFileSync(authorityFile, await signedBy(first, [{ type: 'ip', value: '203.0.113.7' }]))
  await ensureCertificates(folder, '10.0.0.9')
  t.match(new X509Certificate(readFileSync(authorityFile)).subject, /CN=Ambient on /, 'it had no limits')
})

t.test('certificates are made once, and renewed before they expire', async t => {
  const folder = t.testdir()
  const nowMs = Date.now()
  const { authorityFile, serverFile } = await ensureCertificates(folder, '192.168.1.5', nowMs)
  const read = () => [readFileSync(authorityFile, 'utf8'), readFileSync(serverFile, 'utf8')]
  const [authority, server] = read()
  await ensureCertificates(folder, '192.168.1.5', nowMs + 59 * dayMs)
  t.same(read(), [authority, server], 'both are valid for a while')
  await ensureCertificates(folder, '192.168.1.5', nowMs + 61 * dayMs)
  t.equal(read()[0], authority)
  t.not(read()[1], server)
  t.ok(new X509Certificate(read()[1]!).validToDate.getTime() > nowMs + 150 * dayMs)
  await ensureCertificates(folder, '192.168.1.5', nowMs + 3640 * dayMs)
  t.not(read()[0], authority, 'the authority is renewed with its last server')
})

t.test('keys are readable by the owner only, and damaged files are made anew', async t => {
  const folder = join(t.testdir(), 'lan')
  const { authorityFile, serverFile } = await ensureCertificates(folder, '192.168.1.5')
  for (const file of [authorityFile, serverFile]) t.equal(statSync(file).mode & 0o777, 0o600, file)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  const authority = readFileSync(authorityFile, 'utf8')
  writeFileSync(serverFile, authority)
  const files = await ensureCertificates(folder, '192.168.1.5')
  t.equal(await handshake(files, '192.168.1.5'), undefined, 'the file had another certificate')
  writeFileSync(authorityFile, authority.slice(0, 400))
  t.equal(await handshake(await ensureCertificates(folder, '192.168.1.5'), '192.168.1.5'), undefined)
})
