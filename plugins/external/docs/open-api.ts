import { STATUS_CODES } from 'node:http'
import { exampleOf, type JsonSchema } from './schema-examples.ts'

interface Media {
  schema?: JsonSchema
  example?: unknown
}
interface Content {
  content?: Record<string, Media>
}
interface Parameter {
  required?: boolean
  name: string
  schema?: JsonSchema
  example?: unknown
}
interface Operation {
  security?: object[]
  parameters?: Parameter[]
  requestBody?: Content
  responses?: Record<string, Content & { description: string }>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
}

/**
 * Adds examples to required parameters, JSON bodies and answers of an OpenAPI document, and a description to every
 * answer.
 */
export function withExamples(document: object): object {
  const copy: Document = JSON.parse(JSON.stringify(document))
  for (const operation of Object.values(copy.paths).flatMap(path => Object.values(path))) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.required && parameter.schema) parameter.example ??= exampleOf(parameter.schema, parameter.name)
    }
    if (operation.requestBody) addExamples(operation.requestBody)
    for (const [status, answer] of Object.entries(operation.responses ?? {})) {
      addExamples(answer)
      answer.description = describeAnswer(status, answer.description, operation)
    }
  }
  return copy
}

function addExamples({ content = {} }: Content): void {
  const media = content['application/json']
  if (media?.schema && media.example === undefined) media.example = exampleOf(media.schema)
}

function describeAnswer(status: string, description: string, { security = [] }: Operation): string {
  if (description === 'Default Response') return STATUS_CODES[status] ?? description
  // Every route that takes a token rejects an expired one.
  const takesToken = security.some(scheme => 'bearer' in scheme)
  return status === '401' && takesToken && !description.includes('TOKEN_EXPIRED')
    ? `${description}, TOKEN_EXPIRED`
    : description
}
