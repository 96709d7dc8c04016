import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { loadConfig } from '../../config/config.ts'
import { startApp } from '../realtime/real-app.ts'
import { prepareNginx } from '../standins/nginx/start.ts'

const run = promisify(execFile)
const nginx = join(import.meta.dirname, '..', '..', 'nginx')
const defaults = await readFile(join(nginx, 'defaults.env'), 'utf8')
const values = Object.fromEntries(
  [...defaults.matchAll(/^(AMBIENT_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value])
)
const templates = await Promise.all(
  (await readdir(join(nginx, 'templates'))).map(async name => await readFile(join(nginx, 'templates', name), 'utf8'))
)

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-rendered-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function rendered(env: Record<string, string> = {}): Promise<Record<string, string>> {
  return await inFolder(async folder => {
    await run(join(nginx, 'render.sh'), [folder], { env: { ...process.env, ...env } })
    return Object.fromEntries(
      await Promise.all((await readdir(folder)).map(async name => [name, await readFile(join(folder, name), 'utf8')]))
    )
  })
}

/** A number of NGINX with its unit, in bytes. */
const bytesOf = (size = '') => Number.parseInt(size) * ({ k: 1024, m: 1_048_576 }[size.at(-1) ?? ''] ?? 1)

t.test('NGINX has nothing to say against the configuration, not even a warning', async t => {
  const front = await prepareNginx()
  t.teardown(front.close)
  await front.configure({ nodes: ['http://127.0.0.1:3000', 'http://127.0.0.1:3001'] })
  t.equal(await front.check(), '')
  await front.configure({
    nodes: ['http://127.0.0.1:3000'],
    settings: { AMBIENT_HSTS: '', AMBIENT_SERVER_NAMES: 'a.example.org b.example.org' }
  })
  t.equal(await front.check(), '')
})

t.test('every value a template names has a default, and none has a default for nothing', async t => {
  const named = new Set(
    templates.flatMap(template => [...template.matchAll(/\$\{(AMBIENT_\w+)\}/g)].map(([, name]) => name))
  )
  t.same([...named].toSorted(), Object.keys(values).toSorted())
})

t.test('the environment goes before the defaults, also where it says nothing', async t => {
  const files = await rendered({ AMBIENT_SERVER_NAMES: 'radio.example.org', AMBIENT_HSTS: '' })
  t.match(files['ambient.conf'], 'server_name radio.example.org;')
  t.match(files['ambient.conf'], 'Strict-Transport-Security "" always')
  t.match(files['ambient.conf'], 'server 127.0.0.1:3000;')
  t.notMatch(Object.values(files).join(''), /\$\{AMBIENT_/)
})

t.test('how HTTP/2 is written depends on the version of NGINX', async t => {
  await inFolder(async folder => {
    const saying = async (version: string) => {
      const program = join(folder, 'nginx')
      await run('sh', [
        '-c',
        `printf '#!/bin/sh\\necho "nginx version: nginx/${version}" >&2\\n' > "$1" && chmod +x "$1"`,
        'sh',
        program
      ])
      return (await rendered({ NGINX_PROGRAM: program }))['ambient.conf'] ?? ''
    }
    for (const old of ['1.22.1', '1.25.0']) {
      t.match(await saying(old), /listen 443 ssl http2; listen \[::\]:443 ssl http2;\n/, old)
    }
    for (const current of ['1.25.1', '1.28.0', '1.30.2']) {
      t.match(await saying(current), /listen 443 ssl; listen \[::\]:443 ssl; http2 on;\n/, current)
    }
  })
})

t.test("the official image's envsubst makes the same of it", async t => {
  const files = await rendered({ ...values })
  for (const [name, text] of Object.entries(files)) {
    const { stdout } = await run(
      'sh',
      [
        '-c',
        `envsubst "$(env | sed 's/=.*//;s/.*/\${&}/' | tr '\\n' ' ')" < "${join(nginx, 'templates', name)}.template"`
      ],
      { env: { PATH: process.env.PATH, ...values } }
    )
    t.equal(stdout, text, name)
  }
})

t.test("its numbers fit the server's", async t => {
  const config = loadConfig({ LOG_LEVEL: 'silent' })
  t.equal(bytesOf(values.AMBIENT_BODY_LIMIT), config.LIMIT_BODY_BYTES)
  const form = bytesOf(values.AMBIENT_UPLOAD_LIMIT) - config.LIMIT_UPLOAD_BYTES
  t.ok(form > 0 && form <= 1_048_576, 'a file of the largest size gets through with the form around it')

  const { url } = await startApp(t)
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const greeting = await new Promise<string>(resolve => {
    socket.onmessage = ({ data }) => resolve(String(data))
  })
  socket.close()
  const { pingInterval, pingTimeout }: { pingInterval: number; pingTimeout: number } = JSON.parse(greeting.slice(1))
  const [, sockets = ''] = templates.join('').split('location ^~ /socket.io/ {')
  const [, readS] = /proxy_read_timeout (\d+)s;/.exec(sockets) ?? []
  const [, sendS] = /proxy_send_timeout (\d+)s;/.exec(sockets) ?? []
  t.ok(Number(readS) * 1000 > pingInterval + pingTimeout, `${readS} s is longer than a silent socket lives`)
  t.ok(Number(sendS) * 1000 > pingInterval + pingTimeout)
})
