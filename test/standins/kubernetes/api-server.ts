import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../free-port.ts'

/** A response of the API server, with the warnings of admission. */
export interface Answer<T> {
  status: number
  body: T
  warnings: string[]
}

/**
 * A Kubernetes API server with etcd and no controllers. It stores objects, and nothing acts on them except a scheduler
 * that a test has started.
 */
export interface ApiServer {
  request<T>(method: string, path: string, body?: string, type?: string): Promise<Answer<T>>
  /** Starts a scheduler, which assigns pods to nodes. */
  startScheduler(): Promise<void>
  close(): Promise<void>
}

const startTimeoutMs = 180_000
const requestTimeoutMs = 30_000

/**
 * Starts the programs that build.sh has built in `home` on free ports of 127.0.0.1. Requests have all rights. Rejects
 * with the end of the log when the API server is not ready in time.
 */
export async function startApiServer(home: string): Promise<ApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-kubernetes-'))
  const children: ChildProcess[] = []
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()]
  const token = randomBytes(24).toString('hex')
  const address = `https://127.0.0.1:${port}`

  function start(name: string, ...options: string[]): void {
    const child = spawn(join(home, name), options, { stdio: ['ignore', 'pipe', 'pipe'] })
    const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' })
    child.stdout.pipe(log)
    child.stderr.pipe(log)
    children.push(child)
  }

  async function close(): Promise<void> {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  }

  async function send<T>(method: string, path: string, body?: string, type = 'application/json'): Promise<Answer<T>> {
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': type })
    }
    const ca = await readFile(join(folder, 'apiserver.crt'))
    return await new Promise((resolve, reject) => {
      const call = request(
        `${address}${path}`,
        { method, headers, ca, signal: AbortSignal.timeout(requestTimeoutMs) },
        response => {
          const chunks: Buffer[] = []
          response
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .once('error', reject)
            .once('end', () => {
              const text = Buffer.concat(chunks).toString()
              const warnings = response.rawHeaders.filter(
                (_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === 'warning'
              )
              resolve({
                status: response.statusCode ?? 0,
                warnings,
                body: text.startsWith('{') ? JSON.parse(text) : { text }
              })
            })
        }
      ).once('error', reject)
      call.end(body)
    })
  }

  async function isReady(): Promise<boolean> {
    try {
      return (await send('GET', '/readyz')).status === 200
    } catch {
      return false
    }
  }

  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' }
  })
  await writeFile(join(folder, 'accounts.key'), privateKey, { mode: 0o600 })
  await writeFile(join(folder, 'tokens.csv'), `${token},check,check,system:masters\n`, { mode: 0o600 })

  start(
    'etcd',
    '--data-dir',
    join(folder, 'etcd'),
    '--unsafe-no-fsync',
    '--listen-client-urls',
    `http://127.0.0.1:${etcdPort}`,
    '--advertise-client-urls',
    `http://127.0.0.1:${etcdPort}`,
    '--listen-peer-urls',
    `http://127.0.0.1:${peerPort}`,
    '--initial-advertise-peer-urls',
    `http://127.0.0.1:${peerPort}`,
    '--initial-cluster',
    `default=http://127.0.0.1:${peerPort}`
  )
  start(
    'kube-apiserver',
    '--etcd-servers',
    `http://127.0.0.1:${etcdPort}`,
    '--bind-address',
    '127.0.0.1',
    '--secure-port',
    String(port),
    '--cert-dir',
    folder,
    '--token-auth-file',
    join(folder, 'tokens.csv'),
    '--authorization-mode',
    'RBAC',
    '--service-cluster-ip-range',
    '10.0.0.0/16',
    '--service-account-issuer',
    'https://kubernetes.default.svc',
    '--service-account-signing-key-file',
    join(folder, 'accounts.key'),
    '--service-account-key-file',
    join(folder, 'accounts.key')
  )

  const deadline = Date.now() + startTimeoutMs
  while (!(await isReady())) {
    const ended = children.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null)
    if (ended || Date.now() > deadline) {
      const log = await readFile(join(folder, 'kube-apiserver.log'), 'utf8')
      await close()
      throw new Error(`the Kubernetes API server ${ended ? 'exited' : 'was not ready in time'}:\n${log.slice(-3000)}`)
    }
    await pause(200)
  }

  return {
    request: send,
    async startScheduler() {
      const config = {
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'it',
        contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
        users: [{ name: 'it', user: { token } }],
        clusters: [{ name: 'it', cluster: { server: address, 'certificate-authority': join(folder, 'apiserver.crt') } }]
      }
      const file = join(folder, 'scheduler.json')
      await writeFile(file, JSON.stringify(config), { mode: 0o600 })
      start('kube-scheduler', '--kubeconfig', file, '--leader-elect=false', '--secure-port=0')
    },
    close
  }
}
