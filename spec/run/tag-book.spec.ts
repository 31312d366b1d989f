import assert from 'node:assert/strict';
import type { Step } from '../../lib/model/role.ts';
import { TagBook } from '../../lib/run/tag-book.ts';
import { role, Site } from './site.ts';
import { deed, thing } from './things.ts';

const tagged = (...tags: string[]) => deed({ name: tags.join('') }, { tags });

describe('a tag that nothing has', () => {
  const asks: Step<object> = async (context) => {
    await context.query(context.hosts, {
      name: 'q',
      script: thing({ name: 't', value: 'x' }).probe.script,
      fresh: true,
      parse: () => undefined,
    });
    return () => [tagged('late')];
  };

  it('is told apart from those that Ansible gives a meaning', () => {
    const book = new TagBook({
      tags: ['all', 'tagged', 'untagged', 'always', 'never'],
      skipTags: ['always'],
    });
    assert.deepEqual(book.unmet, []);
    assert.equal(book.isInVain, false);
  });

  describe('and all tags are known beforehand', () => {
    const plays = [
      { tasks: [tagged('web')], tags: ['play'] },
      {
        roles: [role('r', () => () => [tagged('config')])({}, { tags: ['role'] })],
        tasks: () => [tagged('own')],
      },
    ];

    for (const tag of ['web', 'play', 'role', 'config', 'own']) {
      it(`runs with ${tag}, which is there`, async () => {
        assert.equal((await new Site().run(plays, { tags: [tag] })).exitCode, 0);
      });
    }

    it('is refused before any host is contacted, with the nearest', async () => {
      const site = new Site();
      await assert.rejects(site.run(plays, { tags: ['web', 'confgi'] }), {
        kind: 'input',
        what: 'no play, role or task has the tag "confgi"',
        where: { file: '--tags' },
        next: 'did you mean "config"?',
      });
      await assert.rejects(site.run(plays, { skipTags: ['zzzzzzz'] }), {
        where: { file: '--skip-tags' },
        next: 'the tags are: config, own, play, role, web',
      });
      assert.deepEqual(site.connected, []);
    });

    it('is refused where nothing has a tag', async () => {
      await assert.rejects(new Site().run([{ tasks: [deed({ name: 'x' })] }], { tags: ['x'] }), {
        next: 'nothing has a tag',
      });
    });
  });

  describe('and a step asks hosts first', () => {
    const plays = [{ roles: [role('r', asks)()] }];

    it('runs with a tag that comes of it', async () => {
      const site = new Site();
      assert.equal((await site.run(plays, { tags: ['late'] })).exitCode, 0);
      assert.deepEqual(site.of('warning'), []);
      assert.deepEqual(site.host('h1').done, ['late']);
    });

    it('is told at the end, and nothing done is no success', async () => {
      const site = new Site();
      assert.equal((await site.run(plays, { tags: ['laet'] })).exitCode, 1);
      assert.deepEqual(
        site.of('warning').map(({ text }) => text),
        ['--tags: no play, role or task has the tag "laet"; did you mean "late"?'],
      );
      assert.equal(site.of('recap')[0]?.exitCode, 1);
    });

    it('is told beside others that are there, and to be skipped', async () => {
      const some = new Site();
      assert.equal((await some.run(plays, { tags: ['late', 'nosuchtag'] })).exitCode, 0);
      assert.match(some.of('warning')[0]?.text ?? '', /^--tags: .* "nosuchtag"; the tags are: late$/);
      const skip = new Site();
      assert.equal((await skip.run(plays, { skipTags: ['nosuchtag'] })).exitCode, 0);
      assert.match(skip.of('warning')[0]?.text ?? '', /^--skip-tags: .* "nosuchtag"/);
    });

    it('is not spoken of where no host got as far', async () => {
      const site = new Site(undefined, ['h1', 'h2', 'h3']);
      assert.equal((await site.run(plays, { tags: ['laet'] })).exitCode, 4);
      assert.deepEqual(site.of('warning'), []);
    });
  });

  it('may be one of a play that the limit leaves out', async () => {
    const plays = [{ tasks: [tagged('a')] }, { hosts: 'rest', roles: [role('r', asks)()] }];
    assert.equal((await new Site().run(plays, { limit: 'web', skipTags: ['late'] })).exitCode, 0);
  });
});
