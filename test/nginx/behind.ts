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

/** All who take part in a test come from one address. */
const manyFromOneAddress = {
  AMBIENT_REQUESTS_PER_SECOND: '10000',
  AMBIENT_REQUESTS_BURST: '10000',
  AMBIENT_SOCKETS_PER_SECOND: '10000',
  AMBIENT_SOCKETS_BURST: '10000',
  AMBIENT_SOCKETS_AT_ONCE: '10000'
}
