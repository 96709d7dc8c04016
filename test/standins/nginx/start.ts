import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { freePort } from '../free-port.ts'
import { createAuthority, type Authority } from './authority.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..', '..')
const program = process.env.NGINX_PROGRAM ?? 'nginx'

/** NGINX (Debian's package) with the project's configuration, run by this user in a temporary folder. */
export interface NginxProxy {
  /** https://localhost:PORT, known before the start. */
  readonly url: string
  readonly plainUrl: string
  readonly folder: string
  readonly authority: Authority
  readonly pid: number
  /** Returns the errors and warnings about the configuration, or an empty text. */
  check(): Promise<string>
  start(): Promise<void>
  /** Returns the contents of the access log and the error log. */
  readLogs(): Promise<{ access: string; errors: string }>
  /** Stops NGINX and removes its folder. */
  close(): Promise<void>
}

export interface NginxOptions {
  /** Addresses of the nodes, http://HOST:PORT. */
  nodes?: readonly string[]
  /** AMBIENT_… variables, as an operator sets them. */
  settings?: Record<string, string>
  /** Files that an operator adds to conf.d. */
  files?: Record<string, string>
}

/** Creates the folder without starting NGINX. `configure` writes the configuration, also again. */
export async function prepareNginx(): Promise<NginxProxy & { configure(options: NginxOptions): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-nginx-'))
  const [plainPort, tlsPort] = [await freePort(), await freePort()]
  const authority = await createAuthority(join(folder, 'tls'))
  const configuration = join(folder, 'nginx.conf')
  // NGINX started by root runs its workers as another user, who may not read these folders.
  const globals = `pid ${join(folder, 'pid')};${process.getuid?.() === 0 ? ' user root;' : ''}`
  let ended: Promise<unknown> | undefined
  let pid = 0

  const logOf = async (name: string) => await readFile(join(folder, name), 'utf8').catch(() => '')

  return {
    url: `https://localhost:${tlsPort}`,
    plainUrl: `http://localhost:${plainPort}`,
    folder,
    authority,
    get pid() {
      return pid
    },

    async configure({ nodes = [], settings = {}, files = {} }) {
      await mkdir(join(folder, 'conf.d'), { recursive: true })
      await copyFile('/etc/nginx/mime.types', join(folder, 'mime.types'))
      await copyFile(join(root, 'nginx', 'nginx.conf'), configuration)
      const { stdout, stderr } = await run(program, ['-v'])
      const isOld = /nginx\/1\.(\d|1\d|2[0-4])\./.test(stdout + stderr)
      await run(join(root, 'nginx', 'render.sh'), [join(folder, 'conf.d')], {
        env: {
          ...process.env,
          AMBIENT_SERVER_NAMES: 'localhost',
          AMBIENT_UPSTREAMS: nodes.map(node => `server ${new URL(node).host};`).join(' '),
          AMBIENT_LISTEN_HTTP: `listen 127.0.0.1:${plainPort};`,
          AMBIENT_LISTEN_HTTPS: `listen 127.0.0.1:${tlsPort} ssl${isOld ? ' http2;' : '; http2 on;'}`,
          AMBIENT_CERTIFICATE: authority.certificate,
          AMBIENT_CERTIFICATE_KEY: authority.certificateKey,
          AMBIENT_ACME_ROOT: join(folder, 'acme'),
          AMBIENT_PAGES: join(root, 'nginx', 'pages'),
          AMBIENT_CACHE: join(folder, 'cache'),
          AMBIENT_ACCESS_LOG: join(folder, 'access.log'),
          AMBIENT_ERROR_LOG: `${join(folder, 'error.log')} crit`,
          ...settings
        }
      })
      // Folders that a service has under /var, where this user may not write.
      const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map(kind => `${kind}_temp_path ${join(folder, kind)};\n`)
        .join('')
      for (const [name, text] of Object.entries({ 'own-folders.conf': own, ...files })) {
        await writeFile(join(folder, 'conf.d', name), text)
      }
    },

    async check() {
      const { stderr } = await run(program, ['-t', '-q', '-c', configuration, '-g', globals]).catch(
        (error: { stderr: string }) => error
      )
      return stderr
    },

    async start() {
      const child = spawn(
        'sh',
        [
          '-c',
          'ulimit -n "$(ulimit -H -n)"; exec "$@"',
          'sh',
          program,
          '-c',
          configuration,
          '-g',
          `daemon off; ${globals}`
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] }
      )
      const errors = text(child.stderr)
      pid = child.pid ?? 0
      ended = once(child, 'exit')
      ended.then(() => {
        pid = 0
      })
      for (let isUp = false; !isUp;) {
        if (child.exitCode !== null) throw new Error(`NGINX exited before it listened: ${await errors}`)
        isUp = await canConnect(tlsPort)
      }
    },

    readLogs: async () => ({ access: await logOf('access.log'), errors: await logOf('error.log') }),

    async close() {
      if (pid !== 0) process.kill(pid, 'SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** Starts NGINX in front of these nodes. This process trusts its certificate afterwards. */
export async function startNginx(options: NginxOptions): Promise<NginxProxy> {
  const nginx = await prepareNginx()
  await nginx.configure(options)
  await nginx.authority.trustInThisProcess()
  await nginx.start()
  return nginx
}

async function canConnect(port: number): Promise<boolean> {
  return await new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => setTimeout(() => resolve(false), 20))
  })
}
