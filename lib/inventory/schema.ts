/**
 * The shape of an inventory file as JSON Schema (draft-07), for editors and for the check when a file is loaded.
 * A `description` completes the sentence "… must be".
 */
export const inventorySchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'ts-play inventory',
  description: 'a map of groups, such as "all:"',
  type: 'object',
  additionalProperties: { $ref: '#/definitions/group' },
  definitions: {
    group: {
      description: 'a group, with hosts, vars and children',
      type: ['object', 'null'],
      additionalProperties: false,
      properties: {
        hosts: {
          description: 'a map of host names, each with its variables or nothing',
          type: ['object', 'null', 'string'],
          additionalProperties: {
            description: 'a map of the host’s variables, or nothing',
            type: ['object', 'null'],
          },
        },
        vars: {
          description: 'a map of variables',
          type: ['object', 'null'],
        },
        children: {
          description: 'a map of group names, each with a group or nothing',
          type: ['object', 'null', 'string'],
          additionalProperties: { $ref: '#/definitions/group' },
        },
      },
    },
  },
} as const;

/** The keys a group may have. */
export const groupKeys: readonly string[] = Object.keys(inventorySchema.definitions.group.properties);
