import { defineRole, file, sh } from 'ts-play';

/** The greeting of a host, with a legal notice and a token beside it. */
export const motd = defineRole({
  name: 'motd',
  description: 'A greeting.',
  prefix: 'motd_',
  vars: {
    type: 'object',
    additionalProperties: false,
    required: ['motd_text'],
    properties: {
      /** What to say. */
      motd_text: { type: 'string', description: 'What to say.' },
      /** The folder of the files. */
      motd_folder: { type: 'string', default: '/etc', description: 'The folder of the files.' },
      /** A token that is kept beside the greeting. */
      motd_token: {
        type: 'string',
        format: 'secret',
        description: 'A token that is kept beside the greeting.',
      },
    },
  },
  steps: [
    async ({ hosts, query }) => {
      const kernels = await query(hosts, {
        name: 'the kernel',
        script: sh`uname -s`,
        parse: ({ stdout }) => stdout,
      });
      return ({ name, vars: { motd_text, motd_folder, motd_token } }) => [
        file({ path: `${motd_folder}/motd`, content: `${motd_text} on ${kernels.get(name)}\n` }),
        // Relative to this file; dist/index.js is as deep in the package.
        file({ path: `${motd_folder}/motd.legal`, source: '../files/legal.txt' }),
        ...(motd_token === undefined
          ? []
          : [file({ path: `${motd_folder}/motd.token`, content: motd_token })]),
      ];
    },
  ],
});
