import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** A certificate authority for one test, and its certificate for localhost. */
export interface Authority {
  readonly certificate: string
  readonly certificateKey: string
  /** File with the certificate of the authority itself. */
  readonly ownCertificate: string
  /** Adds the authority to those that this process trusts. */
  trustInThisProcess(): Promise<void>
  /** Creates a home folder with which Chromium trusts the authority. */
  createTrustingHome(): Promise<string>
}

/** Creates an authority in a folder, with openssl. */
export async function createAuthority(folder: string): Promise<Authority> {
  await mkdir(folder, { recursive: true })
  const at = (name: string) => join(folder, name)
  await run('openssl', [
    'req',
    '-x509',
    ...ecKey,
    '-days',
    '2',
    '-subj',
    '/CN=A throw-away authority',
    '-addext',
    'keyUsage=critical,keyCertSign',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt')
  ])
  await run('openssl', ['req', ...ecKey, '-subj', '/CN=localhost', '-keyout', at('tls.key'), '-out', at('tls.csr')])
  await writeFile(at('tls.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n')
  await run('openssl', [
    'x509',
    '-req',
    '-in',
    at('tls.csr'),
    '-CA',
    at('ca.crt'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    at('tls.ext'),
    '-out',
    at('tls.crt')
  ])

  return {
    certificate: at('tls.crt'),
    certificateKey: at('tls.key'),
    ownCertificate: at('ca.crt'),
    async trustInThisProcess() {
      setDefaultCACertificates([...getCACertificates('default'), await readFile(at('ca.crt'), 'utf8')])
    },
    async createTrustingHome() {
      const home = at('home')
      const store = join(home, '.pki', 'nssdb')
      await mkdir(store, { recursive: true })
      await run('certutil', ['-N', '-d', `sql:${store}`, '--empty-password'])
      await run('certutil', ['-A', '-d', `sql:${store}`, '-n', 'throw-away', '-t', 'C,,', '-i', at('ca.crt')])
      return home
    }
  }
}
