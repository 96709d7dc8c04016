/** The parts of spotify-web-api-node that build and send requests; its own client has fixed hosts. */
declare module 'spotify-web-api-node/src/webapi-request.js' {
  interface Request {
    execute(
      send: (request: Request, done: (error: unknown, answer: { body: unknown }) => void) => void
    ): Promise<{ body: unknown; headers: Record<string, string>; statusCode: number }>
  }
  interface Builder {
    withScheme(scheme: string): Builder
    withHost(host: string): Builder
    withPort(port: number): Builder
    withPath(path: string): Builder
    withQueryParameters(query: Record<string, string>): Builder
    build(): Request
  }
  const webApi: { builder(accessToken: string): Builder }
  export default webApi
}

declare module 'spotify-web-api-node/src/http-manager.js' {
  const http: { get(request: object, done: (error: unknown, answer: { body: unknown }) => void): void }
  export default http
}
