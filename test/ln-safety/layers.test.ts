/** What stands in a lower layer of overlayfs becomes another inode when it is changed; ln must not take it for somebody else's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canMount, runScript, Scratch } from '../scratch.ts';

const forms = [
  '-f src name',
  '-sf text name',
  '-sfn text link',
  '-fT src link',
  '-fb src name',
  '-sfbn text link',
  '-f --backup=numbered src name',
  '-f src other',
  '-b src name',
];

for (const [what, layers] of [
  ['one file system', 'mkdir store/lower store/tree'],
  ['two', 'mkdir store/lower store/tree; mount -t tmpfs one store/lower; mount -t tmpfs two store/tree'],
] as const)
  test(`ln replaces what stands in a lower layer of an overlay of ${what}`, (t) => {
    if (!canMount(t.name)) return t.skip('needs root and a mount namespace');
    using scratch = new Scratch();
    const { status, stdout, stderr } = runScript(
      `import { runHere } from './test/ln/trial.ts';
       import { ln } from './src/jobs/make/ln.ts';
       import { readdirSync } from 'node:fs';
       const answers = ${JSON.stringify(forms)}.map((form, index) => {
         process.chdir('${scratch.path}/root/' + index);
         const { code, err } = runHere('ln', ln, { args: form.split(' ') });
         return { form, code, err, left: readdirSync('.').filter((name) => name.startsWith('.lw-')) };
       });
       console.log(JSON.stringify(answers));`,
      {
        mounts: `cd '${scratch.path}'; mkdir root store; mount -t tmpfs store store; ${layers}
          cd store/lower
          for dir in ${forms.map((_, index) => index).join(' ')}; do
            mkdir $dir; cd $dir; echo src >src; echo old >name; ln name other; mkdir inner; ln -s inner link; cd ..
          done
          cd ../..; mkdir store/tree/up store/tree/work
          mount -t overlay -o lowerdir=store/lower,upperdir=store/tree/up,workdir=store/tree/work overlay root`,
      },
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      JSON.parse(stdout),
      forms.map((form) => ({ form, code: 0, err: '', left: [] })),
    );
  });
