import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { deviceText } from '../../src/fs/identity.ts';
import { parseFstab, parseMountinfo, readMounts, readVolumes } from '../../src/kernel/mounts.ts';

test('mountinfo: optional fields, escapes and bytes that are not UTF-8', () => {
  const [plain, bind] = parseMountinfo(
    '36 35 98:0 / / rw,noatime master:1 shared:7 - ext4 /dev/root rw,errors=continue\n' +
      '99 36 0:4095 /sub\\040dir /mnt/tab\\011\udcff ro - btrfs /dev/sdb\\134x rw,subvol=/sub\n',
  );
  assert.deepEqual(plain, {
    id: 36,
    parent: 35,
    dev: 98 * 0x100000,
    root: '/',
    point: '/',
    options: ['rw', 'noatime'],
    type: 'ext4',
    source: '/dev/root',
    superOptions: ['rw', 'errors=continue'],
  });
  assert.equal(bind?.root, '/sub dir');
  assert.equal(bind?.point, '/mnt/tab\t\udcff');
  assert.equal(bind?.source, '/dev/sdb\\x');
  assert.equal(bind?.dev, 4095);
});

test('fstab: comments, swap and none are no mount points; noauto volumes and octal UTF-8 are', () => {
  const volumes = parseFstab(
    [
      '# a comment',
      '  # another',
      '',
      'UUID=1 / ext4 defaults 0 1',
      'UUID=2 none swap sw 0 0',
      '/swapfile swap swap defaults 0 0',
      'LABEL=media\t/mnt/my\\040caf\\303\\251/  \text4\tnoauto,nofail',
    ].join('\n'),
  );
  assert.deepEqual(volumes, [
    { source: 'UUID=1', point: '/', type: 'ext4', options: ['defaults'] },
    { source: 'LABEL=media', point: '/mnt/my café', type: 'ext4', options: ['noauto', 'nofail'] },
  ]);
});

test('this machine: the root is mounted on the device that stat(2) tells', () => {
  const root = readMounts().findLast(({ point }) => point === '/');
  const { dev } = statSync('/');
  // The kernel packs st_dev as makedev(3) does.
  assert.equal(deviceText(root?.dev ?? -1), `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`);
  assert.ok(readVolumes().every(({ point }) => point.startsWith('/')));
  assert.deepEqual(readVolumes('/nowhere/fstab'), []);
});
