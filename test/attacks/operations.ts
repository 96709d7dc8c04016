/** An operation as the server describes it. */
export interface Operation {
  operationId: string
  method: string
  path: string
}

interface OpenApi {
  paths: Record<string, Record<string, { operationId: string }>>
}

/** Everything the server serves, from the OpenAPI document it serves. */
export async function operationsOf(url: string): Promise<Operation[]> {
  const { paths } = (await (await fetch(`${url}/docs/openapi.json`)).json()) as OpenApi
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({ operationId, method: method.toUpperCase(), path }))
  )
}
