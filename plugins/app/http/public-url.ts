import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** How clients reach us, without a slash at its end: PUBLIC_URL, or where the server listens, which is known once it does. */
    publicUrl(): string
  }
}

/** Every address is no address to go to; this machine's own is one of them. */
const everyAddress = /^(0\.0\.0\.0|[0:]+)$/

export default fp(
  async app => {
    app.decorate('publicUrl', () => {
      const { PUBLIC_URL, HOST, PORT } = app.config
      if (PUBLIC_URL !== undefined) return PUBLIC_URL.replace(/\/+$/, '')
      const address = app.server.address()
      const port = address !== null && typeof address === 'object' ? address.port : PORT
      const host = everyAddress.test(HOST) ? '127.0.0.1' : HOST
      return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    })
  },
  { name: 'public-url' }
)
