/** An operation of the OpenAPI document. */
export interface Operation {
  operationId: string
  method: string
  path: string
  /** Whether the operation takes a body. */
  hasBody: boolean
}

interface OpenApi {
  paths: Record<string, Record<string, { operationId: string; requestBody?: object }>>
}

/** Returns all operations of a server, from its OpenAPI document. */
export async function operationsOf(url: string): Promise<Operation[]> {
  const { paths } = (await (await fetch(`${url}/docs/openapi.json`)).json()) as OpenApi
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, requestBody }]) => ({
      ...{ operationId, method: method.toUpperCase(), path },
      hasBody: requestBody !== undefined
    }))
  )
}
