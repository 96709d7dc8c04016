import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { freePort } from '../free-port.ts'
import { createAuthority } from '../nginx/authority.ts'
import { createRestartable } from '../restartable.ts'

/** A real Kafka broker that a test can stop and start again. Messages stay over a restart. */
export interface KafkaBroker {
  /** `host:port` without a password and unencrypted. */
  readonly address: string
  /** `host:port` with user name and password. */
  readonly saslAddress: string
  /** `host:port` with user name, password and TLS. */
  readonly tlsAddress: string
  /** File with the certificate of the authority that signed the broker's certificate. */
  readonly ca: string
  readonly username: string
  readonly password: string
  /** Process id of the broker. */
  readonly pid: number
  /** Stops the process without ending it, as a hung machine would, and lets it go on. */
  pause(): void
  resume(): void
  /** Kills the broker. */
  stop(): Promise<void>
  start(): Promise<void>
}

const username = 'ambient'
const password = 'secret-of-tests'
const startTimeoutMs = 30_000
const script = join(import.meta.dirname, 'start.sh')

/** Why tests with a real broker cannot run on this machine; false when they can. */
export const kafkaMissing: string | false =
  spawnSync('sh', ['-c', 'command -v java && command -v mvn && command -v flock'], { stdio: 'ignore' }).status === 0
    ? false
    : 'Java, Maven or flock is not installed'

/** Starts Apache Kafka on free ports of 127.0.0.1, in a temporary folder, until the end of the test. */
export async function startKafka(t: Pick<Test, 'teardown'>): Promise<KafkaBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-kafka-'))
  const [port, saslPort, tlsPort, controllerPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort()
  ]
  const ca = await writeProperties(folder, { port, saslPort, tlsPort, controllerPort })
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
    name => `--add-scram ${name}=[name=${username},password=${password}]`
  )
  const broker = createRestartable(t, {
    folder,
    untilReady: async started => await untilListening(started, [port, saslPort, tlsPort]),
    spawn: () =>
      spawn(script, [folder], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, KAFKA_FORMAT_ARGS: scram.join(' ') }
      })
  })
  await broker.start()
  return {
    address: `127.0.0.1:${port}`,
    saslAddress: `127.0.0.1:${saslPort}`,
    tlsAddress: `127.0.0.1:${tlsPort}`,
    ca,
    username,
    password,
    get pid() {
      return broker.pid
    },
    pause: () => broker.signal('SIGSTOP'),
    resume: () => broker.signal('SIGCONT'),
    stop: broker.stop,
    start: broker.start
  }
}

interface Ports {
  port: number
  saslPort: number
  tlsPort: number
  controllerPort: number
}

/** Writes the broker's settings. Returns the certificate of its authority. */
async function writeProperties(folder: string, { port, saslPort, tlsPort, controllerPort }: Ports): Promise<string> {
  await mkdir(folder, { recursive: true })
  const authority = await createAuthority(join(folder, 'tls'))
  const common = await readFile(join(import.meta.dirname, 'broker.properties'), 'utf8')
  const clients = [
    `PLAINTEXT://127.0.0.1:${port}`,
    `SASL_PLAINTEXT://127.0.0.1:${saslPort}`,
    `SASL_SSL://127.0.0.1:${tlsPort}`
  ]
  const logins = ['sasl_plaintext', 'sasl_ssl'].flatMap(listener => {
    const module = 'org.apache.kafka.common.security'
    const prefix = `listener.name.${listener}`
    return [
      `${prefix}.plain.sasl.jaas.config=${module}.plain.PlainLoginModule required user_${username}="${password}";`,
      `${prefix}.scram-sha-256.sasl.jaas.config=${module}.scram.ScramLoginModule required;`,
      `${prefix}.scram-sha-512.sasl.jaas.config=${module}.scram.ScramLoginModule required;`
    ]
  })
  const pem = async (file: string) => (await readFile(file, 'utf8')).trim().replaceAll('\n', '\\n')
  const lines = [
    `listeners=${clients.join(',')},CONTROLLER://127.0.0.1:${controllerPort}`,
    `controller.quorum.bootstrap.servers=127.0.0.1:${controllerPort}`,
    `log.dirs=${join(folder, 'log')}`,
    'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    ...logins,
    'ssl.keystore.type=PEM',
    `ssl.keystore.certificate.chain=${await pem(authority.certificate)}`,
    `ssl.keystore.key=${await pem(authority.certificateKey)}`
  ]
  await writeFile(join(folder, 'server.properties'), `${common}${lines.join('\n')}\n`)
  return authority.ownCertificate
}

async function untilListening(broker: ChildProcess, ports: readonly number[]): Promise<void> {
  let output = ''
  broker.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-10_000)
  })
  const deadline = Date.now() + startTimeoutMs
  for (const port of ports) {
    while (!(await isListening(port))) {
      if (broker.exitCode !== null || broker.signalCode !== null || Date.now() > deadline) {
        broker.kill('SIGKILL')
        throw new Error(`Kafka did not start:\n${output}`)
      }
      await sleep(100)
    }
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
