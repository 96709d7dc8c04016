import type { FastifyRequest } from 'fastify'
import type { AccessClaims } from '../../plugins/app/identity/tokens.ts'
import type { ReadArguments } from './arguments.ts'
import { createLoaders, type Loaders } from './loaders.ts'
import type { GraphqlServices } from './services.ts'

/** Parts that the resolvers of one request share. */
export interface GraphqlContext {
  services: GraphqlServices
  /** Checks arguments as REST checks a path and a query. */
  read: ReadArguments
  loaders: Loaders
  caller: AccessClaims | null
  callerId: string | null
}

/** Creates the context of a request. */
export function createContext(
  services: GraphqlServices,
  read: ReadArguments,
  { caller }: Pick<FastifyRequest, 'caller'>
): GraphqlContext {
  const callerId = caller?.userId ?? null
  return { services, read, loaders: createLoaders(services, callerId), caller, callerId }
}
