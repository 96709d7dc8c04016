import { GraphQLObjectType, GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import type { TSchema } from 'typebox'
import * as analytics from '../../contract/analytics.ts'
import { Comment } from '../../contract/comments.ts'
import * as live from '../../contract/live.ts'
import { JingleColor, JingleMark } from '../../contract/jingles.ts'
import { PlaylistItem } from '../../contract/playback.ts'
import { Playlist } from '../../contract/playlist.ts'
import { Ducking, ShowSettings } from '../../contract/settings.ts'
import { EndReason, Show, ShowStatus, Visibility } from '../../contract/shows.ts'
import { Song, SongFailure, SongFailureDetail, SongOnAir, SongStatus } from '../../contract/songs.ts'
import { Link, Person, PublicUser, User } from '../../contract/users.ts'
import { connectionTypeOf } from './connection.ts'
import { createContractTypes, type MoreFields } from './contract-types.ts'
import { personFields, profileFields } from './person-fields.ts'
import { queryFields } from './query-fields.ts'
import { showFields } from './show-fields.ts'

/** The schemas of the contract that have a GraphQL type, under the names that both share. */
export const namedSchemas: Readonly<Record<string, TSchema>> = {
  Person,
  Link,
  User,
  PublicUser,
  ShowStatus,
  Visibility,
  EndReason,
  Ducking,
  ShowSettings,
  Show,
  SongStatus,
  SongFailure,
  SongFailureDetail,
  JingleColor,
  JingleMark,
  Song,
  SongOnAir,
  PlaylistItem,
  Playlist,
  Comment,
  AnalyticsSpan: analytics.AnalyticsSpan,
  ListenerSources: analytics.ListenerSources,
  AudienceAnalytics: analytics.AudienceAnalytics,
  AnalyticsMinute: analytics.AnalyticsMinute,
  PlayedSpan: analytics.PlayedSpan,
  SpeakerAnalytics: analytics.SpeakerAnalytics,
  RequestAnalytics: analytics.RequestAnalytics,
  ShowAnalytics: analytics.ShowAnalytics,
  SongUsers: live.SongUsers,
  LivePeaks: live.LivePeaks,
  LiveToday: live.LiveToday,
  LiveValues: live.LiveValues,
  OnlinePerson: live.OnlinePerson
}

/** Creates the GraphQL schema from the contract. */
export function createGraphqlSchema(): GraphQLSchema {
  const more: MoreFields = {
    Show: () => showFields(types),
    Person: () => personFields(types),
    PublicUser: () => profileFields(types)
  }
  const contract = createContractTypes(namedSchemas, more)
  const types = {
    User: contract.object('User'),
    PublicUser: contract.object('PublicUser'),
    Show: contract.object('Show'),
    Song: contract.object('Song'),
    SongOnAir: contract.object('SongOnAir'),
    Playlist: contract.object('Playlist'),
    ShowAnalytics: contract.object('ShowAnalytics'),
    LiveValues: contract.object('LiveValues'),
    OnlinePerson: contract.object('OnlinePerson'),
    ShowConnection: connectionTypeOf(contract.object('Show')),
    SongConnection: connectionTypeOf(contract.object('Song')),
    PersonConnection: connectionTypeOf(contract.object('Person')),
    CommentConnection: connectionTypeOf(contract.object('Comment'))
  }
  return new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: () => queryFields(types) }) })
}

/** Returns the schema in the schema definition language. */
export const schemaText = (schema: GraphQLSchema): string => `${printSchema(lexicographicSortSchema(schema))}\n`
