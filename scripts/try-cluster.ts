import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { startEmbeddedStore } from '../plugins/embedded/index.ts'
import { nginxConfig } from './cluster/nginx-config.ts'

/*
 * npm run try:cluster
 *
 * Runs Redis, two nodes and NGINX on this machine, with data that ends with them. Kill a node in the middle of a show
 * and see the show go on. PORT is that of NGINX; the nodes take the two ports after it.
 */
const root = join(import.meta.dirname, '..')
const port = Number(process.env.PORT ?? 3000)
const nodePorts = [port + 1, port + 2]
const redisPort = port + 3
const startLimitMs = 60_000
const children: ChildProcess[] = []
let isStopping = false

function run(
  name: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env
): ChildProcess {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  child.once('error', error => fail(`${name} did not start: ${error.message}`))
  child.once('exit', (code, signal) => {
    if (!isStopping) process.stdout.write(`${name} ended (${signal ?? code})\n`)
  })
  return child
}

async function fail(message: string): Promise<never> {
  process.stderr.write(`${message}\n`)
  await stop()
  process.exit(1)
}

/** Waits until something listens on a port of 127.0.0.1. */
async function untilListening(name: string, at: number): Promise<void> {
  const deadlineMs = performance.now() + startLimitMs
  while (performance.now() < deadlineMs) {
    const socket = connect(at, '127.0.0.1')
    const isOpen = await new Promise(resolve => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    await pause(100)
  }
  await fail(`${name} does not listen on port ${at}`)
}

async function startNode(index: number, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const node = run(`node ${nameOf(index)}`, process.execPath, [join(root, 'server.ts')], env)
  if (node.stdout) {
    for await (const line of createInterface({ input: node.stdout })) {
      if (!line.startsWith('Ambient is ready')) continue
      node.stdout.resume()
      return node
    }
  }
  return await fail(`node ${nameOf(index)} ended before it was ready`)
}

const nameOf = (index: number) => String.fromCharCode('a'.charCodeAt(0) + index)
const folder = await mkdtemp(join(tmpdir(), 'ambient-cluster-'))
const store = await startEmbeddedStore({ dataDir: join(folder, 'data') })

async function stop(): Promise<void> {
  if (isStopping) return
  isStopping = true
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  // The nodes first, because they still use the others.
  for (const child of running.toReversed()) {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await Promise.race([ended, pause(10_000)])
  }
  await store.close()
  await rm(folder, { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await stop()
    process.exit(0)
  })
}

process.stdout.write('Starting Redis, two nodes and NGINX…\n')
const redisArgs = ['--bind', '127.0.0.1', '--port', String(redisPort), '--dir', folder, '--save', '']
run('Redis', 'redis-server', redisArgs).stdout?.resume()
await untilListening('Redis', redisPort)
const shared = {
  ...process.env,
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  MONGODB_URL: store.url,
  STORAGE_URL: 'gridfs:',
  JWT_KEYS: `try:${randomBytes(32).toString('hex')}`,
  TOKEN_KEYS: `try:${randomBytes(32).toString('hex')}`,
  MEDIA_WORKERS: '1',
  MEDIA_PORT: '0',
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn'
}
const nodes: ChildProcess[] = []
for (const [index, nodePort] of nodePorts.entries()) {
  const own = { PORT: String(nodePort), NODE_ID: nameOf(index), DATA_DIR: join(folder, nameOf(index)) }
  await mkdir(own.DATA_DIR, { recursive: true })
  nodes.push(await startNode(index, { ...shared, ...own }))
}
const configuration = join(folder, 'nginx.conf')
await writeFile(configuration, nginxConfig({ folder, port, nodePorts }))
run('NGINX', 'nginx', ['-c', configuration, '-p', folder, '-e', join(folder, 'nginx.log'), '-g', 'daemon off;'])
await untilListening('NGINX', port)

const lines = nodePorts.map(
  (nodePort, index) =>
    `  node ${nameOf(index)}   http://127.0.0.1:${nodePort}   to kill it: kill -9 ${nodes[index]?.pid}`
)
process.stdout.write(`
Two nodes run one Ambient.

${lines.join('\n')}
  NGINX    http://127.0.0.1:${port}   goes to the node that is left

Go live at one node and join the show at the other. Then kill a node: the show goes on.
Ctrl-C ends everything and deletes its data.
`)
