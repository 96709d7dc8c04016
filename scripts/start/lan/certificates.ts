import 'reflect-metadata'
import { createPrivateKey, randomBytes, X509Certificate as ReadCertificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator
} from '@peculiar/x509'
import { localNameConstraints, nameConstraintsId } from './name-constraints.ts'

const dayMs = 24 * 3_600_000
const authorityDays = 3650
/** Phones refuse certificates of more than 825 days: https://support.apple.com/en-us/103769 */
const serverDays = 90
/** A certificate is made anew this long before it expires. */
const renewalDays = 30
/** Clocks of phones are not always right. */
const clockSkewMs = dayMs

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Files of the certificates of a local network. Each file has the key too, readable by the owner only. */
export interface LanCertificates {
  authorityFile: string
  serverFile: string
}

/** A certificate and its key, as PEM. */
interface KeyedCertificate {
  certificate: string
  key: string
}

cryptoProvider.set(crypto)

/**
 * Makes the certificate of the server at an address, and the authority that signs it, unless they are there and stay
 * valid for a while. Phones that trust the authority trust all certificates that follow.
 */
export async function ensureCertificates(
  folder: string,
  address: string,
  nowMs = Date.now()
): Promise<LanCertificates> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const files = { authorityFile: join(folder, 'authority.pem'), serverFile: join(folder, 'server.pem') }
  let authority = await findKeyed(files.authorityFile)
  if (!authority || !isFresh(authority, nowMs) || !isLimited(authority)) {
    authority = await createAuthority(nowMs)
    await writeKeyed(files.authorityFile, authority)
  }
  const server = await findKeyed(files.serverFile)
  if (!server || !isFresh(server, nowMs) || !isSignedFor(server, authority, address)) {
    await writeKeyed(files.serverFile, await createServerCertificate(authority, address, nowMs))
  }
  return files
}

/** Reads the certificate of a file without its key. */
export async function readCertificate(file: string): Promise<ReadCertificate> {
  return new ReadCertificate(await readFile(file))
}

/** Returns the certificate of a file and its key; undefined when there is no valid pair, which is then made anew. */
async function findKeyed(file: string): Promise<KeyedCertificate | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  const [certificate, key] = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? []
  if (certificate === undefined || key === undefined) return undefined
  try {
    return new ReadCertificate(certificate).checkPrivateKey(createPrivateKey(key)) ? { certificate, key } : undefined
  } catch {
    return undefined
  }
}

async function writeKeyed(file: string, { certificate, key }: KeyedCertificate): Promise<void> {
  await writeFile(`${file}.new`, `${certificate}\n${key}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

function isFresh({ certificate }: KeyedCertificate, nowMs: number): boolean {
  const { validFromDate, validToDate } = new ReadCertificate(certificate)
  return validFromDate.getTime() <= nowMs && validToDate.getTime() - renewalDays * dayMs > nowMs
}

/** Whether the authority is limited to local networks, and to all of them. */
function isLimited({ certificate }: KeyedCertificate): boolean {
  const constraints = new X509Certificate(certificate).getExtension(nameConstraintsId)?.value
  return constraints !== undefined && Buffer.from(constraints).equals(localNameConstraints())
}

function isSignedFor({ certificate }: KeyedCertificate, authority: KeyedCertificate, address: string): boolean {
  const server = new ReadCertificate(certificate)
  const { publicKey } = new ReadCertificate(authority.certificate)
  return server.verify(publicKey) && server.checkIP(address) !== undefined
}

async function createAuthority(nowMs: number): Promise<KeyedCertificate> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...periodFrom(nowMs, authorityDays),
    name: [{ CN: [`Ambient on ${hostname()}`] }, { O: ['Ambient'] }],
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      new Extension(nameConstraintsId, true, localNameConstraints())
    ]
  })
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

async function createServerCertificate(
  authority: KeyedCertificate,
  address: string,
  nowMs: number
): Promise<KeyedCertificate> {
  const issuer = new X509Certificate(authority.certificate)
  const signingKey = await crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(authority.key), algorithm, false, [
    'sign'
  ])
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create({
    ...periodFrom(nowMs, serverDays),
    // With spaces: OpenSSL takes a name without them for one of a host, which the authority may not certify.
    subject: [{ CN: [`Ambient at ${address}`] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([{ type: 'ip', value: address }]),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey)
    ]
  })
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

function periodFrom(nowMs: number, days: number) {
  return {
    // The first bit is not set: serial numbers are positive.
    serialNumber: `00${randomBytes(16).toString('hex')}`,
    notBefore: new Date(nowMs - clockSkewMs),
    notAfter: new Date(nowMs + days * dayMs)
  }
}

async function pemOf(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}
