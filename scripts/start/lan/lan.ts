import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { renderUnicodeCompact } from 'uqr'
import { SetupError } from '../../setup-error.ts'
import { chooseLanAddress } from './address.ts'
import { ensureCertificates, readCertificate } from './certificates.ts'
import { createTrustPage } from './trust-page.ts'

const renewalCheckMs = 12 * 3_600_000

/** Settings that `--lan` chooses. */
const chosen = ['HOST', 'MEDIA_LISTEN_IP', 'MEDIA_ANNOUNCED_ADDRESS', 'PUBLIC_URL', 'HTTPS_CERT', 'HTTPS_KEY']

export interface Lan {
  /** Settings of the server. */
  readonly settings: Readonly<Record<string, string>>
  /** The file with the certificate of the authority. */
  readonly authorityFile: string
  /** Serves the page that helps phones, and prints how they get there. `url`: the address of the server. */
  open(url: string): Promise<void>
}

/**
 * Prepares a server for the local network: finds its address and makes its certificates in the data folder.
 * @throws SetupError when the machine has no such address, or the settings are others
 */
export async function prepareLan(env: NodeJS.ProcessEnv, wanted: string | undefined): Promise<Lan> {
  const inConflict = chosen.filter(name => env[name])
  if (inConflict.length > 0) throw new SetupError(`--lan chooses ${inConflict.join(' and ')}: unset what you have set.`)
  const address = chooseLanAddress(networkInterfaces(), wanted)
  const folder = join(resolve(env.DATA_DIR || './data'), 'lan')
  const { authorityFile, serverFile } = await ensureCertificates(folder, address)
  // The server reads the file again when it changes.
  setInterval(() => {
    ensureCertificates(folder, address).catch((error: unknown) => {
      process.stderr.write(`The certificate of ${address} could not be renewed: ${String(error)}\n`)
    })
  }, renewalCheckMs).unref()

  return {
    authorityFile,
    settings: {
      HOST: address,
      MEDIA_LISTEN_IP: address,
      HTTPS_CERT: serverFile,
      HTTPS_KEY: serverFile,
      AUTH_DEV_LOGIN: env.AUTH_DEV_LOGIN || 'on',
      AUTH_GUESTS: env.AUTH_GUESTS || 'on'
    },
    async open(url) {
      const { raw, fingerprint256 } = await readCertificate(authorityFile)
      const page = createTrustPage({ certificate: raw, fingerprint: fingerprint256, url })
      const port = await listen(page, address, Number(new URL(url).port) + 1)
      process.stdout.write(invitation(`http://${address}:${port}`, fingerprint256))
    }
  }
}

/** Listens on the port behind that of the server, or on a free one when it is taken. */
async function listen(server: ReturnType<typeof createTrustPage>, host: string, port: number): Promise<number> {
  server.unref()
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch {
    server.listen(0, host)
    await once(server, 'listening')
  }
  return (server.address() as AddressInfo).port
}

function invitation(url: string, fingerprint: string): string {
  return `
On phones and other computers of this network, open ${url}
or scan this code. The page helps them to trust this server, once.

${renderUnicodeCompact(url, { border: 2 })}

Fingerprint of the certificate: ${fingerprint}
Everybody in this network can sign in with a name, and listen as a guest.
`
}
