import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { startServer } from './server-process.ts'
import { startCollector } from './standins/otlp/collector.ts'

/** Returns a module that appends the name of every loaded package to the file `list`. */
const recorderOf = (list: string) => `
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

/** Returns the packages that a server with these settings has loaded when it is ready. */
async function loadedPackages(t: Test, settings: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'loaded-packages-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const [recorder, list] = [join(folder, 'recorder.mjs'), join(folder, 'list')]
  await writeFile(recorder, recorderOf(list))
  const server = await startServer({ ...settings, NODE_OPTIONS: `--import=${pathToFileURL(recorder).href}` })
  await server.close()
  return [...new Set((await readFile(list, 'utf8')).split('\n'))]
}

const isTraced = (name: string) => name.startsWith('@opentelemetry/') && name !== '@opentelemetry/api'
const isS3 = (name: string) => name.startsWith('@aws-sdk/')

t.test('a server loads the packages for tracing and S3 only when its settings need them', async t => {
  const { url, close } = await startCollector()
  t.teardown(close)
  const [plain, traced, onS3] = [
    await loadedPackages(t, {}),
    await loadedPackages(t, { OTEL_EXPORTER_OTLP_ENDPOINT: url }),
    await loadedPackages(t, {
      STORAGE_URL: 's3://songs?endpoint=http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret'
    })
  ]
  // prom-client loads the API of OpenTelemetry, which does nothing alone.
  t.strictSame(
    plain.filter(name => isTraced(name) || isS3(name)),
    []
  )
  t.ok(traced.some(isTraced), 'OpenTelemetry is loaded when a collector is set')
  t.ok(onS3.some(isS3), 'the S3 client is loaded when songs are stored there')
})
