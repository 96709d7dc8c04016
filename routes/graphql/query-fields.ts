import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  type GraphQLObjectType
} from 'graphql'
import { CodedError } from '../../contract/errors.ts'
import { accountOf, callerOf } from '../../plugins/app/identity/authenticate.ts'
import { noSuchPerson } from '../../plugins/app/people/users.ts'
import type { FieldArguments } from './arguments.ts'
import { pageArguments, toConnection } from './connection.ts'
import type { GraphqlContext } from './context.ts'
import { oneRequest } from './field-cost.ts'

export interface QueryFieldTypes {
  User: GraphQLObjectType
  PublicUser: GraphQLObjectType
  Show: GraphQLObjectType
  Song: GraphQLObjectType
  LiveValues: GraphQLObjectType
  OnlinePerson: GraphQLObjectType
  ShowConnection: GraphQLObjectType
  SongConnection: GraphQLObjectType
}

const ShowSection = new GraphQLEnumType({
  name: 'ShowSection',
  description: 'live includes interrupted shows',
  values: { live: {}, scheduled: {}, ended: {} }
})

/** A field of the query. All of them are nullable, so that one that is refused leaves the others. */
function rootField(
  type: GraphQLFieldConfig<unknown, GraphqlContext>['type'],
  description: string,
  args: GraphQLFieldConfig<unknown, GraphqlContext>['args'],
  resolve: (args: FieldArguments, context: GraphqlContext) => Promise<unknown>,
  isConnection = false
): GraphQLFieldConfig<unknown, GraphqlContext> {
  return {
    type,
    description,
    ...(args && { args }),
    extensions: { cost: { ...oneRequest, isConnection } },
    resolve: async (_root, given, context) => await resolve(given, context)
  }
}

const byId = { id: { type: new GraphQLNonNull(GraphQLID) } }

/** Fields of the query: what the requests of REST read, with the same permissions. */
export function queryFields(types: QueryFieldTypes): GraphQLFieldConfigMap<unknown, GraphqlContext> {
  return {
    me: rootField(types.User, 'The account of the caller', undefined, async (_args, context) => {
      const user = await context.services.users.find(callerOf(context).userId)
      if (!user) throw new CodedError('UNAUTHENTICATED', 'This account does not exist any more.')
      return user
    }),
    show: rootField(
      types.Show,
      'A show that the caller may see',
      byId,
      async (args, { loaders, read }) => await loaders.show.load(read.id(args).id)
    ),
    shows: rootField(
      types.ShowConnection,
      'Public shows in the order of discovery. Creators who name themselves get all of their shows',
      {
        ...pageArguments,
        status: { type: ShowSection },
        creatorId: { type: GraphQLID },
        followed: { type: GraphQLBoolean, description: 'Only by people whom the caller follows' },
        tag: { type: GraphQLString, description: 'Only shows with this tag' },
        q: { type: GraphQLString, description: 'Each word is the beginning of a word in title, tags or description' }
      },
      async (args, { services, read, callerId }) => {
        const { followed, ...query } = read.shows(args)
        const creatorIds = followed ? await services.follows.followedIds(callerId) : undefined
        return toConnection(await services.shows.listEdges(query, callerId, creatorIds))
      },
      true
    ),
    user: rootField(types.PublicUser, 'The public profile of a user', byId, async (args, { loaders, read }) => {
      const profile = await loaders.profile.load(read.id(args).id)
      if (!profile) throw noSuchPerson()
      return profile
    }),
    songs: rootField(
      types.SongConnection,
      'The songs of the caller, newest first',
      { ...pageArguments, q: { type: GraphQLString, description: 'Beginnings of words of title, artist and album' } },
      async (args, context) =>
        toConnection(await context.services.songs.listEdges(accountOf(context).userId, context.read.songs(args))),
      true
    ),
    song: rootField(
      types.Song,
      'A song of the caller',
      byId,
      async (args, context) => await context.services.songs.get(accountOf(context).userId, context.read.id(args).id)
    ),
    live: rootField(types.LiveValues, 'Live values of the server', undefined, async (_args, { services }) => {
      const today = await services.eventTotals.today()
      return { ...services.liveValues.get(), ...(today && { today }) }
    }),
    followedOnline: rootField(
      new GraphQLList(new GraphQLNonNull(types.OnlinePerson)),
      'People whom the caller follows, who are online and let followers see it',
      undefined,
      async (_args, context) => (await context.services.onlinePeople.followedBy(accountOf(context).userId)).items
    )
  }
}
