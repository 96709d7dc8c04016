import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** A certificate authority of one test, with a certificate of it for localhost. */
export interface Authority {
  readonly certificate: string
  readonly certificateKey: string
  /** From here on this process believes it, as it believes the others. */
  trustHere(): Promise<void>
  /** A home folder: a Chromium that has it believes the authority as if its owner had imported it. */
  trustingHome(): Promise<string>
}

/** Makes one in a folder, by openssl. */
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
    async trustHere() {
      setDefaultCACertificates([...getCACertificates('default'), await readFile(at('ca.crt'), 'utf8')])
    },
    async trustingHome() {
      const home = at('home')
      const store = join(home, '.pki', 'nssdb')
      await mkdir(store, { recursive: true })
      await run('certutil', ['-N', '-d', `sql:${store}`, '--empty-password'])
      await run('certutil', ['-A', '-d', `sql:${store}`, '-n', 'throw-away', '-t', 'C,,', '-i', at('ca.crt')])
      return home
    }
  }
}
