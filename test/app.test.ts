import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { startServer } from './server-process.ts'
import { startCollector } from './standins/otlp/collector.ts'

const watch = (list: string) => `
  import { appendFileSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  const packageIn = /node_modules\\/((?:@[^/]+\\/)?[^/]+)(?!.*node_modules\\/)/
  registerHooks({
    load (url, context, next) {
      const name = packageIn.exec(url)?.[1]
      if (name !== undefined) appendFileSync(${JSON.stringify(list)}, name + '\\n')
      return next(url, context)
    }
  })`

/** The packages a server of these settings has loaded by the time it is ready. */
async function loadedBy(t: Test, settings: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'loaded-packages-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const [watcher, list] = [join(folder, 'watch.mjs'), join(folder, 'list')]
  await writeFile(watcher, watch(list))
  const server = await startServer({ ...settings, NODE_OPTIONS: `--import=${pathToFileURL(watcher).href}` })
  await server.close()
  return [...new Set((await readFile(list, 'utf8')).split('\n'))]
}

const isTraced = (name: string) => name.startsWith('@opentelemetry/') && name !== '@opentelemetry/api'
const isS3 = (name: string) => name.startsWith('@aws-sdk/')

t.test('a server loads what its settings ask for, and nothing beside', async t => {
  const { url, close } = await startCollector()
  t.teardown(close)
  const [plain, traced, onS3] = [
    await loadedBy(t, {}),
    await loadedBy(t, { OTEL_EXPORTER_OTLP_ENDPOINT: url }),
    await loadedBy(t, {
      STORAGE_URL: 's3://songs?endpoint=http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret'
    })
  ]
  // prom-client looks for the API, which does nothing alone.
  t.strictSame(
    plain.filter(name => isTraced(name) || isS3(name)),
    []
  )
  t.ok(traced.some(isTraced), 'traces, where a collector is named')
  t.ok(onS3.some(isS3), 'S3, where songs are kept there')
})
