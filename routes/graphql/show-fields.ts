import { GraphQLList, GraphQLNonNull, type GraphQLFieldConfigMap, type GraphQLObjectType } from 'graphql'
import type { Show } from '../../contract/shows.ts'
import { maxShowAnalyticsPerMinute } from '../../plugins/app/analytics/show-analytics.ts'
import { accountOf } from '../../plugins/app/identity/authenticate.ts'
import { pageArguments, toConnection } from './connection.ts'
import type { GraphqlContext } from './context.ts'
import { oneRequestOfOneParent, readByIds } from './field-cost.ts'

export interface ShowFieldTypes {
  Playlist: GraphQLObjectType
  ShowAnalytics: GraphQLObjectType
  SongOnAir: GraphQLObjectType
  CommentConnection: GraphQLObjectType
}

/** Fields of a show beside those of the contract. The show itself is one that the caller may see. */
export function showFields(types: ShowFieldTypes): GraphQLFieldConfigMap<Show, GraphqlContext> {
  return {
    songsOnAir: {
      type: new GraphQLList(new GraphQLNonNull(types.SongOnAir)),
      description: 'Songs that the show plays, has paused, or is about to play. Tracks of Spotify are not among them',
      extensions: { cost: readByIds },
      resolve: async ({ id }, _args, { loaders }) => await loaders.songsOnAir.load(id)
    },
    playlist: {
      type: types.Playlist,
      description: 'Of one show at a time',
      extensions: { cost: oneRequestOfOneParent },
      resolve: async ({ id }, _args, { services, callerId }) => await services.playlists.get(id, callerId)
    },
    comments: {
      type: types.CommentConnection,
      description: 'Newest first. Of one show at a time',
      args: pageArguments,
      extensions: { cost: { ...oneRequestOfOneParent, isConnection: true } },
      resolve: async ({ id }, args, { services, read, callerId }) =>
        toConnection(await services.comments.listEdges(id, callerId, read.page(args)))
    },
    analytics: {
      type: types.ShowAnalytics,
      description: 'For the creator and co-hosts. Of one show at a time',
      extensions: { cost: { ...oneRequestOfOneParent, maxPerMinute: maxShowAnalyticsPerMinute } },
      resolve: async ({ id }, _args, context) => await context.services.analytics.ofShow(id, accountOf(context).userId)
    }
  }
}
