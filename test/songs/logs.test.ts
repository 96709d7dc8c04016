import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { signIn } from '../users.ts'
import { makeFile } from './files.ts'
import { settled, uploaded } from './uploads.ts'

t.test('the log contains neither tickets nor access tokens', async t => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'ambient-logs-'))
  const server = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'server.ts')], {
    env: { ...process.env, PORT: '0', MEDIA_PORT: '0', DATA_DIR, LOG_LEVEL: 'trace' },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let log = ''
  server.stderr.on('data', (chunk: Buffer) => {
    log += String(chunk)
  })
  t.teardown(async () => {
    server.kill('SIGKILL')
    await rm(DATA_DIR, { recursive: true, force: true })
  })
  let url = ''
  for await (const line of createInterface({ input: server.stdout })) {
    url = /^Ambient is ready at (http:\S+)$/.exec(line)?.[1] ?? ''
    if (url) break
  }
  const owner = await signIn(url, 'Owner')
  const song = await settled(
    owner,
    (await uploaded(url, owner, await makeFile('a.ogg', ['-c:a', 'libopus'], 'sine=duration=1'))).id
  )
  const ticket = new URL(url + song.audioUrl).searchParams.get('ticket')!
  for (const range of ['bytes=0-9', 'bytes=99999999-', '']) {
    await (await fetch(url + song.audioUrl, { headers: { range } })).arrayBuffer()
  }
  await (await fetch(`${url}${song.audioUrl}&more=1`)).arrayBuffer()
  await (await fetch(`${url}/nowhere?ticket=${ticket}`)).arrayBuffer()
  t.match(log, `/v1/songs/${song.id}/audio`, 'the requests are in the log')
  t.match(log, 'Providing options to busboy', 'and the headers of uploads')
  t.notMatch(log, owner.token)
  t.notMatch(log, ticket)
  t.notMatch(log, ticket.split('.').at(-1)!)
})
