import { Type, type Static } from 'typebox'
import { answersByStatus, InputIssue } from './error-answer.ts'
import type { ErrorCode } from './errors.ts'
import { Exactly, Nullable } from './primitives.ts'

/** Maximum size of a GraphQL request, bytes. */
export const maxGraphqlBytes = 16 * 1024

/** An object of the query's own fields or variables. */
export const JsonObject = Type.Object({})

/**
 * Body of `POST /graphql`. `extensions` are ignored. Values that the query names by variables are checked against the
 * GraphQL schema.
 */
export const GraphqlRequest = Exactly(
  {
    query: Type.String({ minLength: 1, maxLength: maxGraphqlBytes, description: 'A document with one query' }),
    variables: Type.Optional(Nullable(JsonObject)),
    operationName: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    extensions: Type.Optional(Nullable(JsonObject))
  },
  {
    examples: [
      {
        query: 'query Home($n: Int) { shows(first: $n, status: live) { edges { node { id title } } } }',
        variables: { n: 10 }
      }
    ]
  }
)
export type GraphqlRequest = Static<typeof GraphqlRequest>

/** An error of a query or of one of its fields. `extensions.code` is an error code of this contract. */
export const GraphqlError = Type.Object({
  message: Type.String(),
  locations: Type.Optional(Type.Array(Exactly({ line: Type.Integer(), column: Type.Integer() }))),
  path: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Integer()]))),
  extensions: Type.Object({
    code: Type.Unsafe<ErrorCode>(Type.String()),
    issues: Type.Optional(Type.Array(InputIssue)),
    retryAfterMs: Type.Optional(Type.Integer())
  })
})
export type GraphqlError = Static<typeof GraphqlError>

/** Answer of `POST /graphql`. A field that failed is null and has an error. Without `data`, the query was refused. */
export const GraphqlAnswer = Type.Object({
  data: Type.Optional(Nullable(JsonObject)),
  errors: Type.Optional(Type.Array(GraphqlError))
})
export type GraphqlAnswer = Static<typeof GraphqlAnswer>

/** Answers of a query that was refused, by status, for the documentation. Each names the codes that it may have. */
export const graphqlRefusals = answersByStatus(['UNAUTHENTICATED'], (code, description) => ({
  ...GraphqlAnswer,
  description,
  examples: [{ errors: [{ message: 'A sentence for a person that says what happened.', extensions: { code } }] }]
}))
