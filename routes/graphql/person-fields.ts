import type { GraphQLFieldConfig, GraphQLFieldConfigMap, GraphQLObjectType } from 'graphql'
import { GraphQLBoolean, GraphQLInt, GraphQLNonNull } from 'graphql'
import type { Person } from '../../contract/users.ts'
import type { Profile } from '../../plugins/app/people/users.ts'
import { pageArguments, toConnection } from './connection.ts'
import type { GraphqlContext } from './context.ts'
import { countedForEach, oneRequestOfOneParent, readByIds } from './field-cost.ts'

export interface PersonFieldTypes {
  PublicUser: GraphQLObjectType
  PersonConnection: GraphQLObjectType
  ShowConnection: GraphQLObjectType
}

/** Fields of a person beside those of the contract. */
export function personFields({ PublicUser }: PersonFieldTypes): GraphQLFieldConfigMap<Person, GraphqlContext> {
  return {
    profile: {
      type: PublicUser,
      description: 'Null for an erased account',
      extensions: { cost: readByIds },
      resolve: async ({ id }, _args, { loaders }) => await loaders.profile.load(id)
    }
  }
}

/** Fields of a profile: those of the contract that are counted, and lists. */
export function profileFields(types: PersonFieldTypes): GraphQLFieldConfigMap<Profile, GraphqlContext> {
  return {
    followerCount: {
      type: new GraphQLNonNull(GraphQLInt),
      extensions: { cost: countedForEach },
      resolve: async ({ id }, _args, { loaders }) => await loaders.followerCount.load(id)
    },
    followingCount: {
      type: new GraphQLNonNull(GraphQLInt),
      extensions: { cost: countedForEach },
      resolve: async ({ id }, _args, { loaders }) => await loaders.followingCount.load(id)
    },
    followed: {
      type: new GraphQLNonNull(GraphQLBoolean),
      description: 'Whether the caller follows them. False for a caller who is not signed in',
      extensions: { cost: readByIds },
      resolve: async ({ id }, _args, { loaders }) => await loaders.isFollowed.load(id)
    },
    followers: peopleField(types, 'followerEdges'),
    following: peopleField(types, 'followingEdges'),
    shows: {
      type: types.ShowConnection,
      description: 'Their public shows. Of one person at a time',
      args: pageArguments,
      extensions: { cost: { ...oneRequestOfOneParent, isConnection: true } },
      resolve: async ({ id: creatorId }, args, { services, read }) =>
        toConnection(await services.shows.listEdges({ ...read.page(args), creatorId }, null))
    }
  }
}

function peopleField(
  { PersonConnection }: PersonFieldTypes,
  list: 'followerEdges' | 'followingEdges'
): GraphQLFieldConfig<Profile, GraphqlContext> {
  return {
    type: PersonConnection,
    description: 'Newest first. Of one person at a time',
    args: pageArguments,
    extensions: { cost: { ...oneRequestOfOneParent, isConnection: true } },
    resolve: async ({ id }, args, { services, read }) => toConnection(await services.follows[list](id, read.page(args)))
  }
}
