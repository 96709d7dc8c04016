import Fastify from 'fastify'
import { readFile, glob } from 'node:fs/promises'
import { join } from 'node:path'
import { loadConfig } from '../../config/config.ts'
import operation from '../../routes/operation.ts'

const root = join(import.meta.dirname, '../..')

/** The facts that manifests must agree with, read from their original files. */
export interface Facts {
  /** Paths of the server's health endpoints. */
  probedPaths: ReadonlySet<string>
  /** USER of the Dockerfile. */
  user: { uid: number; gid: number }
  version: string
  /** The templates of NGINX: file names with their text. */
  nginxTemplates: ReadonlyMap<string, string>
  /** nginx/nginx.conf */
  nginxFrame: string
  /** The files of coturn, with their text. */
  coturnFiles: ReadonlyMap<string, string>
  /** Names of the server's metrics. */
  metrics: ReadonlySet<string>
  /** docs/operators/kubernetes.md */
  page: string
}

export async function collectFacts(): Promise<Facts> {
  const [dockerfile, packageJson, page, nginxFrame] = await Promise.all(
    ['Dockerfile', 'package.json', 'docs/operators/kubernetes.md', 'nginx/nginx.conf'].map(
      async file => await readFile(join(root, file), 'utf8')
    )
  )
  const { version }: { version: string } = JSON.parse(packageJson ?? '{}')
  return {
    probedPaths: await pathsOfOperation(),
    user: userOf(dockerfile ?? ''),
    version,
    nginxTemplates: await texts('nginx/templates/*.template'),
    nginxFrame: nginxFrame ?? '',
    coturnFiles: await texts('deploy/coturn/*.{env,sh,template}'),
    metrics: new Set(
      [...(await texts('plugins/external/metrics/*.ts')).values()].flatMap(
        text => text.match(/(?<=')ambient_\w+(?=')/g) ?? []
      )
    ),
    page: page ?? ''
  }
}

async function pathsOfOperation(): Promise<Set<string>> {
  const paths = new Set<string>()
  const server = Fastify()
  server.decorate('config', loadConfig({}))
  server.addHook('onRoute', ({ url }) => {
    paths.add(url)
  })
  await server.register(operation)
  await server.close()
  return paths
}

/** Returns the user of the last stage. Throws when it is not numeric, because Kubernetes cannot resolve a name. */
export function userOf(dockerfile: string): Facts['user'] {
  const [, uid, gid] =
    dockerfile
      .match(/^USER (\d+):(\d+)$/gm)
      ?.at(-1)
      ?.match(/(\d+):(\d+)/) ?? []
  if (uid === undefined || gid === undefined) throw new Error('the Dockerfile has no USER UID:GID in numbers')
  return { uid: Number(uid), gid: Number(gid) }
}

async function texts(pattern: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for await (const file of glob(pattern, { cwd: root })) found.set(file, await readFile(join(root, file), 'utf8'))
  return found
}
