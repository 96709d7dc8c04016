import type { FastifyInstance } from 'fastify'

/** The services that resolvers call: those of the REST routes. */
export type GraphqlServices = Pick<
  FastifyInstance,
  | 'users'
  | 'follows'
  | 'shows'
  | 'songs'
  | 'comments'
  | 'playlists'
  | 'analytics'
  | 'liveValues'
  | 'eventTotals'
  | 'onlinePeople'
>
