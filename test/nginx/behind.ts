import { prepareNginx, type NginxProxy } from '../standins/nginx/start.ts'
import { startServer, type ServerProcess } from '../server-process.ts'

/** A server process as it is run, behind NGINX. */
export interface Behind {
  /** How people reach it: https://localhost:PORT. */
  readonly url: string
  readonly server: ServerProcess
  readonly front: NginxProxy
  close(): Promise<void>
}

/**
 * Starts both. Settings are those of the server, and NGINX's AMBIENT_…; this process believes NGINX's certificate from
 * here on.
 */
export async function startBehind({
  server: settings = {},
  nginx = {}
}: { server?: Record<string, string>; nginx?: Record<string, string> } = {}): Promise<Behind> {
  const front = await prepareNginx()
  const server = await startServer({ PUBLIC_URL: front.url, TRUST_PROXY: 'on', ...settings })
  await front.configure({ nodes: [server.url], settings: { ...manyFromOneAddress, ...nginx } })
  await front.authority.trustInThisProcess()
  await front.start()
  return {
    url: front.url,
    server,
    front,
    async close() {
      await front.close()
      await server.close()
    }
  }
}

/**
 * Starts several servers that know their common address, behind NGINX as the delivered files configure it for several
 * nodes. `close` stops NGINX only.
 */
export async function startBehindOne(
  start: (url: string) => Promise<readonly ServerProcess[]>
): Promise<Omit<Behind, 'server'>> {
  const front = await prepareNginx()
  const nodes = await start(front.url)
  const upstreams = nodes.map(({ url }) => `server ${new URL(url).host} max_fails=0;`)
  await front.configure({ settings: { ...manyFromOneAddress, AMBIENT_UPSTREAMS: upstreams.join(' ') } })
  await front.authority.trustInThisProcess()
  await front.start()
  return { url: front.url, front, close: async () => await front.close() }
}

/** All who take part in a test come from one address. */
const manyFromOneAddress = {
  AMBIENT_REQUESTS_PER_SECOND: '10000',
  AMBIENT_REQUESTS_BURST: '10000',
  AMBIENT_SOCKETS_PER_SECOND: '10000',
  AMBIENT_SOCKETS_BURST: '10000',
  AMBIENT_SOCKETS_AT_ONCE: '10000'
}
